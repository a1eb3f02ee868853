/** What `check` answers machines, version 1. It only grows: a member is never taken away or given another meaning. */
import { z } from 'zod';
import { certificate, chain } from './chain.ts';

const names = z.array(z.string());

const found = { names, complete: z.boolean().describe('False where the server stopped answering before it said no.') };

const version = z.strictObject({
  name: z.string().meta({ examples: ['TLS 1.2'] }),
  acceptance: z.enum(['accepted', 'refused', 'unknown']),
  reason: z.string().nullable().describe('What the server did instead of accepting it.'),
  cipher_suites: z.strictObject(found).describe("By IANA's names; the preferred first where the server decides."),
  order: z.enum(['server', 'client', 'one', 'unknown']).describe('Who decides among the cipher suites.'),
  groups: z.strictObject(found).describe('Of TLS 1.2 and 1.3.'),
});

const told = z.enum(['yes', 'no', 'not-applicable', 'unknown']);

const handshakes = z.strictObject({
  ssl2: told.describe('SSL 2.0 is answered.'),
  ssl2_cipher_kinds: names.describe('In hex, three bytes each.'),
  heartbleed: told.describe('A heartbeat that lies about its length is answered (CVE-2014-0160).'),
  fallback_scsv: told.describe('A fallback to an older version is refused (RFC 7507).'),
  client_renegotiation: told.describe('Another handshake is begun within a connection when the client asks for one.'),
  resumption_session_id: told.describe('Before TLS 1.3.'),
  resumption_ticket: told.describe('Before TLS 1.3 (RFC 5077).'),
  resumption_tls13: told,
  early_data: told.describe('Tickets of TLS 1.3 allow it.'),
});

const tls = z.strictObject({
  versions: z.array(version).describe('The oldest first.'),
  secure_renegotiation: z.boolean().describe('RFC 5746 was answered.'),
  extended_master_secret: z.boolean(),
  encrypt_then_mac: z.boolean(),
  session_ticket: z.boolean(),
  compression: z.boolean().nullable(),
  alpn: z.string().nullable().describe('Chosen out of h2 and http/1.1.'),
  client_certificate: z.boolean().nullable().describe('The server asks for one.'),
  client_certificate_authorities: names.describe('Names of the CAs it asks for, the first 100; cut at 256 characters.'),
  handshakes,
  http: told.describe('It speaks HTTP, to a stranger.'),
  strict_transport_security: z.string().nullable().describe('As sent, cut at 256 characters.'),
  key_sizes: z.array(z.strictObject({ cipher_suite: z.string(), bits: z.int() })),
  chains: z.array(chain).describe('As sent, each different one.'),
  unnamed: certificate
    .nullable()
    .describe('The leaf that is shown without SNI; null where none is, or no name was sent.'),
});

const result = z.strictObject({
  rule: z.string(),
  control: z.string().describe('Of the guidance: docs/controls.md.'),
  verdict: z.enum(['pass', 'fail', 'warn', 'not-applicable', 'could-not-tell']),
  title: z.string().describe('What holds where all is well.'),
  message: z.string().describe('What was found.'),
  facts: names.describe('The evidence.'),
  why: z.string(),
  advice: z.string(),
  sources: z.array(z.strictObject({ standard: z.string(), section: z.string() })),
  remedies: z
    .array(z.strictObject({ software: z.string(), lines: names }))
    .describe('Lines to set, of software that may serve there.'),
  known: z.boolean().describe('It stood in the baseline already and changes no exit code; false without a baseline.'),
});

const place = z.strictObject({ file: z.string(), line: z.int() });

const target = z.strictObject({
  target: z.string().describe('As it was given.'),
  place: place.nullable().describe('Where it was given: a list or a configuration; null for the command line.'),
  host: z.string(),
  port: z.int(),
  address: z.string().nullable().describe('The one that was asked; null where the name has none.'),
  addresses: z.int().describe('How many the name has.'),
  verdict: z.enum(['good', 'findings', 'unfinished']),
  problem: z.string().nullable().describe('What kept the check from finishing.'),
  advice: z.string().nullable().default(null).describe('What to do about it.'),
  connections: z.int(),
  elapsed_ms: z.int(),
  results: z.array(result),
  tls: tls.nullable().describe('The evidence; null where nothing answered.'),
});

const across = z.strictObject({
  rule: z.string(),
  control: z.string(),
  verdict: z.enum(['fail', 'warn']),
  message: z.string(),
  targets: names.describe('Those that are concerned, as they were given.'),
  known: z.boolean(),
});

const head = {
  format: z.literal('sallyport-check'),
  version: z.literal(1),
  made_by: z.string().meta({ examples: ['sallyport 0.1.0'] }),
  made_at: z.string().describe('When the check began, ISO 8601.'),
  policy: z.string(),
};

const count = z.int().nonnegative();

const tail = {
  across: z.array(across).describe('What is seen only by looking at several targets, such as a key they share.'),
  counts: z.strictObject({ good: count, findings: count, unfinished: count }).describe('Targets by their verdict.'),
  verdict: z.enum(['good', 'findings', 'unfinished']),
};

/** The file as a whole. A report of many targets is written as they are checked: what concerns all of them comes last. */
export const checkReport = z
  .strictObject({ ...head, targets: z.array(target), ...tail })
  .meta({ title: 'Report of sallyport check' });

const head_object = z.strictObject(head);
const tail_object = z.strictObject(tail);

export type CheckReport = z.infer<typeof checkReport>;
export type ReportHead = z.infer<typeof head_object>;
export type ReportTail = z.infer<typeof tail_object>;
export type TargetReport = CheckReport['targets'][number];
export type ResultReport = TargetReport['results'][number];
export type TlsReport = NonNullable<TargetReport['tls']>;
export type RuleVerdict = ResultReport['verdict'];
export type Verdict = CheckReport['verdict'];
