import { cipherSuiteName } from '../../../protocol/tls/cipher-suites.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';
import { acceptedBeforeTls13, acceptedSuites, isKnown } from '../accepted.ts';

export const dhSize = {
  id: 'tls/dh-size',
  control: 'TLS-5',
  title: 'Diffie-Hellman groups are large enough',
  sources: [
    { standard: 'RFC 9325', section: '4.5' },
    { standard: 'RFC 7919', section: '2' },
  ],
  applies_when: 'a cipher suite with a finite-field group or a temporary RSA key is accepted before TLS 1.3',
  why: 'a group of 1024 bits is within reach of states, one of 512 of anybody (Logjam)',
  advice: 'Leave out suites with DHE and RSA_EXPORT, or give DHE a group of RFC 7919',
  remedies: {
    nginx: ['ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;', '# leave ssl_dhparam out'],
    apache: ['SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20'],
    haproxy: ['tune.ssl.default-dh-param 2048'],
    // OpenSSL takes 1024 bits of its own for suites without a certificate, whatever file there is.
    postfix: ['smtpd_tls_dh1024_param_file = auto', 'smtpd_tls_exclude_ciphers = aNULL, kRSA, kDH, kECDH'],
  },
  judge(evidence, { min_dh_bits }) {
    if (min_dh_bits === undefined) return notApplicable('the policy has no bound');
    const sizes = [...evidence.sizes].sort(([left], [right]) => left - right);
    const small = sizes.filter(([, bits]) => bits < min_dh_bits);
    if (small.length > 0) {
      const least = Math.min(...small.map(([, bits]) => bits));
      return violated(
        `the smallest has ${least} bits, ${min_dh_bits} are asked for`,
        small.map(([id, bits]) => `${cipherSuiteName(id)}: ${bits} bits`),
      );
    }
    const versions = acceptedBeforeTls13(evidence);
    const sized = acceptedSuites(versions).filter(({ key_exchange }) => ['dhe', 'rsa-export'].includes(key_exchange));
    if (!sized.every(({ id }) => evidence.sizes.has(id))) return unknown('not every group was seen');
    if (sized.length > 0) return holds(`the smallest has ${Math.min(...sizes.map(([, bits]) => bits))} bits`);
    if (!isKnown(evidence.versions)) return unknown('not every cipher suite was answered');
    return notApplicable('no finite-field group is offered before TLS 1.3');
  },
} as const satisfies TlsRule;
