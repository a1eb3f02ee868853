import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import { judgeEach, readableChains } from '../chains.ts';

export const chainComplete = {
  id: 'tls/chain-complete',
  control: 'TLS-6',
  title: 'every intermediate certificate is sent',
  sources: [
    { standard: 'RFC 8446', section: '4.4.2' },
    { standard: 'RFC 5246', section: '7.4.2' },
  ],
  applies_when: 'the certificate is not self-signed',
  why: 'clients that have not met the intermediate elsewhere refuse the server: programs more than browsers',
  advice: 'Serve the leaf and each intermediate behind it in one file, as the CA gave them (fullchain.pem)',
  remedies: {
    nginx: ['ssl_certificate /etc/ssl/fullchain.pem;'],
    apache: ['SSLCertificateFile /etc/ssl/fullchain.pem'],
    haproxy: ['bind :443 ssl crt /etc/ssl/fullchain-and-key.pem'],
    caddy: ['tls /etc/ssl/fullchain.pem /etc/ssl/key.pem'],
    postfix: ['smtpd_tls_chain_files = /etc/ssl/key.pem, /etc/ssl/fullchain.pem'],
    sallyport: ['certificate: { chain: /etc/ssl/fullchain.pem, key: file:/etc/ssl/key.pem }'],
  },
  judge(evidence) {
    const readable = readableChains(evidence);
    if (readable.length > 0 && readable.every(({ order }) => order?.end === 'self-signed')) {
      return notApplicable('the certificate is its own issuer');
    }
    const words = { sound: 'nothing is missing', broken: 'an intermediate certificate is missing' };
    return judgeEach(evidence, words, ({ order }) => {
      if (order === null || order.end === 'unknown') return null;
      return order.end === 'incomplete' ? [`the issuer of number ${order.path.at(-1)! + 1} was not sent`] : [];
    });
  },
} as const satisfies TlsRule;
