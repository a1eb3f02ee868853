/** What a configuration says about groups, parties, machines and their credentials. */
import { z } from 'zod';
import { machineLimitsConfig } from '../limits/config.ts';
import { isHostName, name, named, type Parsed, textField, title } from '../settings/config.ts';

/** The groups and how they nest. */
export const groupsConfig = named(
  'A group.',
  z.strictObject({
    in: z.array(name('A group.')).meta({ description: 'The groups this group belongs to.' }).prefault([]),
  }),
  'The groups of parties and machines, and how they nest. Policies speak about them.',
);

const THUMBPRINT = '^[0-9a-f]{64}$';
const URI_PATTERN = '^[a-z][a-z0-9+.-]*:[!-~]{1,2000}$';
const URI = new RegExp(URI_PATTERN);

const uri = textField(readUri, {
  description: 'A URI in the subject alternative name, compared exactly.',
  examples: ['spiffe://acme.example/erp'],
  pattern: URI_PATTERN,
  'x-kind': 'URI',
});

const dns = textField(
  (text): Parsed<string> =>
    isHostName(text)
      ? { ok: true, value: text }
      : { ok: false, problem: 'must be a host name in lower case, without wildcard, port or final dot' },
  {
    description: 'A DNS name in the subject alternative name.',
    examples: ['erp.acme.example'],
    pattern: '^[a-z0-9.-]{1,253}$',
    'x-kind': 'host name',
  },
);

const thumbprint = textField(
  (text): Parsed<string> =>
    new RegExp(THUMBPRINT).test(text)
      ? { ok: true, value: text }
      : { ok: false, problem: 'must be the SHA-256 of the certificate: 64 lower-case hex digits, without colons' },
  {
    description: 'SHA-256 of the DER certificate, in lower-case hex: exactly this certificate, whoever issued it.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    pattern: THUMBPRINT,
    'x-kind': 'SHA-256',
  },
);

const credentialForms = [
  { required: ['trust', 'uri'], not: { anyOf: [{ required: ['dns'] }, { required: ['thumbprint'] }] } },
  { required: ['trust', 'dns'], not: { anyOf: [{ required: ['uri'] }, { required: ['thumbprint'] }] } },
  {
    required: ['thumbprint'],
    not: { anyOf: [{ required: ['trust'] }, { required: ['uri'] }, { required: ['dns'] }] },
  },
];

/** One way a machine proves itself: a name certified by a trust, or one pinned certificate. */
export type CredentialConfig =
  | { readonly kind: 'uri'; readonly trust: string; readonly uri: string }
  | { readonly kind: 'dns'; readonly trust: string; readonly dns: string }
  | { readonly kind: 'thumbprint'; readonly thumbprint: string };

const credentialConfig = z
  .strictObject({
    trust: name('The trust name whose CA must have issued the certificate.').optional(),
    uri: uri.optional(),
    dns: dns.optional(),
    thumbprint: thumbprint.optional(),
  })
  .transform((value, context): CredentialConfig => {
    const { trust, uri, dns, thumbprint } = value;
    if (trust && uri && !dns && !thumbprint) return { kind: 'uri', trust, uri };
    if (trust && dns && !uri && !thumbprint) return { kind: 'dns', trust, dns };
    if (thumbprint && !trust && !uri && !dns) return { kind: 'thumbprint', thumbprint };
    context.issues.push({
      code: 'custom',
      message: 'must hold trust and uri, trust and dns, or thumbprint alone',
      input: value,
    });
    return z.NEVER;
  })
  .meta({ description: 'One way the machine proves itself on the API channel.', oneOf: credentialForms });

const groupsOf = (who: string) =>
  z
    .array(name('A group.'))
    .meta({ description: `Groups ${who} belongs to.` })
    .prefault([]);

const machineConfig = z.strictObject({
  groups: groupsOf('this machine'),
  zones: z
    .array(name('A zone.'))
    .min(1)
    .meta({ description: 'Zones this machine may enter by; without this key, any zone that trusts its credential.' })
    .optional(),
  suspended: z.boolean().meta({ description: 'A suspended machine is refused.' }).prefault(false),
  limits: machineLimitsConfig.optional(),
  credentials: z.array(credentialConfig).min(1).meta({ description: 'How the machine proves itself; one suffices.' }),
});

/** One file of `parties/`: an organisation and its machines. */
export const partyFileConfig = z
  .strictObject({
    party: name('The id of the party, unique in the gate.'),
    name: title('What people call the party.').optional(),
    groups: groupsOf('every machine of this party'),
    suspended: z.boolean().meta({ description: 'All machines of a suspended party are refused.' }).prefault(false),
    machines: named('A machine; the id is unique in the gate.', machineConfig, 'The machines of the party.'),
  })
  .meta({ description: 'A party: an organisation and its machines.' });

/** A SPIFFE ID or another URI; nothing that two readers could normalise differently. */
function readUri(text: string): Parsed<string> {
  if (!URI.test(text)) return { ok: false, problem: 'must be an absolute URI of printable ASCII characters' };
  if (text.startsWith('spiffe:') && !isSpiffeId(text)) {
    return {
      ok: false,
      problem: 'must be a canonical SPIFFE ID such as spiffe://acme.example/erp',
      suggestion: 'lower-case trust domain, no port, no empty or dot segments, no percent-encoding, no final slash',
    };
  }
  return { ok: true, value: text };
}

/** SPIFFE-ID section 2: trust domain of [a-z0-9._-], path segments of [A-Za-z0-9._-] that are not dots. */
function isSpiffeId(text: string): boolean {
  const match = /^spiffe:\/\/[a-z0-9._-]{1,255}((?:\/[A-Za-z0-9._-]+)*)$/.exec(text);
  if (!match) return false;
  return !(match[1] ?? '').split('/').some((segment) => segment === '.' || segment === '..');
}
