import { TLS_1_3 } from '../../../protocol/tls/versions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';

export const tls13 = {
  id: 'tls/tls13',
  control: 'TLS-2',
  title: 'TLS 1.3 is on',
  sources: [{ standard: 'RFC 9325', section: '3.1.1' }],
  applies_when: 'always',
  why: 'what can be set up wrongly in TLS 1.2 does not exist in TLS 1.3, and post-quantum groups exist there alone',
  advice: 'Turn on TLS 1.3; it needs OpenSSL 1.1.1, GnuTLS 3.6.5 or newer',
  remedies: {
    nginx: ['ssl_protocols TLSv1.2 TLSv1.3;'],
    apache: ['SSLProtocol -all +TLSv1.2 +TLSv1.3'],
    haproxy: ['ssl-default-bind-options ssl-min-ver TLSv1.2'],
    caddy: ['tls {', '  protocols tls1.2 tls1.3', '}'],
    postfix: ['smtpd_tls_protocols = >=TLSv1.2', 'smtpd_tls_mandatory_protocols = >=TLSv1.2'],
  },
  judge({ versions }) {
    const acceptance = versions.find(({ version }) => version === TLS_1_3)?.acceptance ?? 'unknown';
    if (acceptance === 'accepted') return holds('TLS 1.3 is accepted');
    return acceptance === 'refused' ? violated('TLS 1.3 is refused', []) : unknown('TLS 1.3 was not answered');
  },
} as const satisfies TlsRule;
