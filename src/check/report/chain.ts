/** The part of the report that is about certificates. */
import { z } from 'zod';

const names = z.array(z.string());

export const certificate = z.strictObject({
  sha256: z.string().describe('Over the DER, lower-case hex.'),
  size_bytes: z.int(),
  subject: z
    .string()
    .nullable()
    .describe('As its owner wrote it, cut at 256 characters; null where it cannot be read.'),
  issuer: z.string().nullable(),
  not_after: z.string().nullable().describe('ISO 8601.'),
});

const details = z.strictObject({
  serial: z.string().describe('Lower-case hex.'),
  not_before: z.string().describe('ISO 8601.'),
  self_signed: z.boolean(),
  key_type: z.string().meta({ examples: ['rsa', 'ec', 'ed25519'] }),
  key_bits: z.int().describe('0 where the type has no size of its own.'),
  key_curve: z.string().nullable(),
  key_sha256: z.string().describe('Over the SubjectPublicKeyInfo, lower-case hex.'),
  signature: z
    .string()
    .nullable()
    .meta({ examples: ['ECDSA with SHA-256'] }),
  is_ca: z.boolean().nullable().describe('Null, as what follows, where the extensions cannot be read.'),
  dns_names: names.nullable().describe('The first 256, cut at 256 characters.'),
  ip_addresses: names.nullable(),
  extended_key_usage: names.nullable().describe('Object identifiers; null where all are allowed.'),
  has_ocsp_url: z.boolean().nullable(),
  must_staple: z.boolean().nullable(),
});

const trust = z.strictObject({
  trusted: z.boolean(),
  reason: z.string().nullable().describe('Why it is not; null where it is.'),
  root: z.string().nullable().describe('The subject of the root, cut at 256 characters.'),
});

const time = z.string().nullable();

const staple = z.strictObject({
  response_status: z
    .enum(['successful', 'malformedRequest', 'internalError', 'tryLater', 'sigRequired', 'unauthorized'])
    .nullable()
    .describe('Null where it cannot be read; then, as where it is not successful, the rest is null.'),
  cert_status: z
    .enum(['good', 'revoked', 'unknown'])
    .nullable()
    .describe('What it says of the leaf; null, as the times but that of production, where it says nothing of it.'),
  produced_at: time.describe('ISO 8601, as the other times.'),
  this_update: time,
  next_update: time.describe('Null where it does not say how long it holds.'),
  revoked_at: time.describe('Null where it is not revoked.'),
  revocation_reason: z
    .string()
    .nullable()
    .meta({ examples: ['keyCompromise'] }),
  signature: z
    .string()
    .nullable()
    .meta({ examples: ['ECDSA with SHA-256'] }),
  signature_holds: z
    .boolean()
    .nullable()
    .describe('By the CA of the leaf, or who has its leave; null where that CA is not known.'),
  failure: z.string().nullable().describe('Why the signature does not hold; null where it does, or nobody can tell.'),
  signer: z
    .string()
    .nullable()
    .describe('The subject of its certificate, cut at 256 characters; null where it does not hold.'),
  delegated: z
    .boolean()
    .nullable()
    .describe('The signer is another than the CA of the leaf; null where it does not hold.'),
});

export const chain = z.strictObject({
  certificates: z
    .array(certificate.extend({ details: details.nullable() }))
    .describe('As sent; details of the first sixteen, null for what is no certificate.'),
  public_trust: trust.nullable().describe('By the roots everybody has; null where there is no certificate.'),
  private_trust: trust.nullable().describe('By roots that were given; null where none were.'),
  path: z.array(z.int()).describe('Places from the leaf upwards, each issued by the next; the leaf is 1.'),
  extra: z.array(z.int()).describe('Places of certificates of no use.'),
  misordered: z.boolean(),
  root_sent: z.boolean(),
  end: z
    .enum(['complete', 'incomplete', 'self-signed', 'unknown'])
    .describe('Whether the path ends in a root; unknown where its last issuer may be one, or is missing.'),
  proves_key: z
    .boolean()
    .nullable()
    .describe('The server has signed with the key of the leaf; null where it signed nothing.'),
  stapled: z.boolean().describe('An OCSP response came along that answers.'),
  staples: z.array(staple).describe('The OCSP responses that came along, each different one, and what they are worth.'),
  scts: z.int().describe('Timestamps of Certificate Transparency, within and beside the leaf.'),
});
