import type { CertificateSettings } from '../../policy.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, tolerated, violated } from '../../rule.ts';
import type { SentCertificate } from '../certificates/sent-certificate.ts';
import { DAY_MS, noCertificate, readableChains } from '../chains.ts';

export const certificateKind = {
  id: 'tls/certificate-kind',
  control: 'TLS-7',
  title: 'key, signature and life of the certificate are those of the policy',
  sources: [{ standard: 'RFC 9325', section: '4.5' }],
  applies_when: 'the policy says something about certificates',
  why: 'a key or a signature that is too weak lets others pass for the server, for as long as the certificate lives',
  advice: 'Have a certificate made with a key, a signature and a life that the policy allows',
  remedies: {},
  judge(evidence, { certificate: asked }) {
    if (asked === undefined) return notApplicable('the policy says nothing about certificates');
    const leaves = readableChains(evidence).map(({ leaf }) => leaf);
    const faults = leaves.flatMap((leaf) => faultsOf(leaf, asked));
    if (faults.length > 0) return violated('a certificate is not as the policy asks', faults);
    if (leaves.length === 0 || leaves.length < evidence.certificates.length) return noCertificate(evidence);
    const short = leaves.filter(({ key }) => key.type === 'rsa' && key.bits < asked.lasting_rsa_bits);
    if (short.length > 0) {
      const facts = short.map(({ key }) => `RSA with ${key.bits} bits, ${asked.lasting_rsa_bits} are wanted`);
      return tolerated('an RSA key has a size that the policy phases out', facts);
    }
    return holds('they are');
  },
} as const satisfies TlsRule;

/** OpenSSL calls the curve by the name X9.62 has for it. */
const CURVES: ReadonlyMap<string, string> = new Map([['prime256v1', 'secp256r1']]);

function faultsOf(
  { key, signature, not_before_ms, not_after_ms }: SentCertificate,
  asked: CertificateSettings,
): string[] {
  const { keys, min_rsa_bits, signatures, max_days } = asked;
  const kind = key.curve === null ? key.type : (CURVES.get(key.curve) ?? key.curve);
  const days = (not_after_ms - not_before_ms) / DAY_MS;
  return [
    ...(keys.includes(kind) ? [] : ['the kind of its key is not on the list']),
    ...(key.type === 'rsa' && key.bits < min_rsa_bits ? [`RSA with ${key.bits} bits, at least ${min_rsa_bits}`] : []),
    ...(signature !== null && signatures.includes(signature.name) ? [] : ['its signature is not on the list']),
    ...(max_days !== null && days > max_days ? [`it lives ${Math.ceil(days)} days, ${max_days} at most`] : []),
  ];
}
