import type { CertificateSettings } from '../../policy.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, tolerated, unknown, violated } from '../../rule.ts';
import { type CertificateTraits, certificateTraits } from '../certificate-traits.ts';

export const certificateKind = {
  id: 'tls/certificate-kind',
  control: 'TLS-7',
  title: 'key, signature and life of the certificate are those of the policy',
  sources: [{ standard: 'RFC 9325', section: '4.5' }],
  applies_when: 'the policy says something about certificates',
  why: 'a key or a signature that is too weak lets others pass for the server, for as long as the certificate lives',
  advice: 'Have a certificate made with a key, a signature and a life that the policy allows',
  remedies: {},
  judge({ chains }, { certificate: asked }) {
    if (asked === undefined) return notApplicable('the policy says nothing about certificates');
    const leaves = chains.flatMap(({ certificates: [leaf] }) => (leaf === undefined ? [] : [certificateTraits(leaf)]));
    const seen = leaves.filter((traits) => traits !== null);
    const faults = seen.flatMap((traits) => faultsOf(traits, asked));
    if (faults.length > 0) return violated('a certificate is not as the policy asks', faults);
    if (leaves.length === 0 || seen.length < leaves.length) return unknown('not every certificate could be read');
    const short = seen.filter(({ rsa_bits }) => rsa_bits !== null && rsa_bits < asked.lasting_rsa_bits);
    if (short.length > 0) {
      const facts = short.map(({ rsa_bits }) => `RSA with ${rsa_bits} bits, ${asked.lasting_rsa_bits} are wanted`);
      return tolerated('an RSA key has a size that the policy phases out', facts);
    }
    return holds('they are');
  },
} as const satisfies TlsRule;

function faultsOf({ key, rsa_bits, signature, days }: CertificateTraits, asked: CertificateSettings): string[] {
  const { keys, min_rsa_bits, signatures, max_days } = asked;
  return [
    ...(keys.includes(key) ? [] : ['the kind of its key is not on the list']),
    ...(rsa_bits !== null && rsa_bits < min_rsa_bits ? [`RSA with ${rsa_bits} bits, at least ${min_rsa_bits}`] : []),
    ...(signatures.includes(signature) ? [] : ['its signature is not on the list']),
    ...(max_days !== null && days > max_days ? [`it lives ${Math.ceil(days)} days, ${max_days} at most`] : []),
  ];
}
