import type { TlsRule } from '../../registry.ts';
import type { CertificateKey } from '../certificates/sent-certificate.ts';
import { judgeEach } from '../chains.ts';

const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const OTHERS = new Set(['ed25519', 'ed448', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87']);

const MIN_RSA_BITS = 2048;

export const certificateKey = {
  id: 'tls/certificate-key',
  control: 'TLS-7',
  title: 'the keys of the chain are strong',
  sources: [
    { standard: 'RFC 9325', section: '4.5' },
    { standard: 'CA/Browser Forum Baseline Requirements', section: '6.1.5' },
    { standard: 'CA/Browser Forum Baseline Requirements', section: '6.1.6' },
  ],
  applies_when: 'a certificate is sent',
  why: 'who finds the private key is the server from then on',
  advice: 'Make a new key, ECDSA with P-256 or RSA with 2048 bits or more, and get a certificate for it',
  remedies: {},
  judge(evidence, { min_rsa_bits = MIN_RSA_BITS }) {
    const words = { sound: 'every key is strong', broken: 'a key of the chain is weak' };
    return judgeEach(evidence, words, ({ certificates }) => {
      const facts = certificates.flatMap((certificate, index) => {
        const trouble = certificate && troubleOf(certificate.key, min_rsa_bits);
        return trouble === null ? [] : [`number ${index + 1}: ${trouble}`];
      });
      return facts;
    });
  },
} as const satisfies TlsRule;

/** @returns null where there is none */
function troubleOf({ type, bits, curve, exponent, is_roca }: CertificateKey, min_rsa_bits: number): string | null {
  if (is_roca) return 'RSA by the flawed generator of CVE-2017-15361 (ROCA)';
  if (type === 'rsa' || type === 'rsa-pss') {
    if (bits < min_rsa_bits) return `RSA of ${bits} bits, ${min_rsa_bits} are asked for`;
    const sound = exponent !== null && exponent >= 65_537n && exponent % 2n === 1n;
    return sound ? null : 'RSA with an exponent below 65537, or an even one';
  }
  if (type === 'ec') return curve !== null && CURVES.has(curve) ? null : `curve ${curve ?? 'of its own'}`;
  return OTHERS.has(type) ? null : `of a kind that is not accepted (${type})`;
}
