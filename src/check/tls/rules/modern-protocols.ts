import { TLS_1_2 } from '../../../protocol/tls/versions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';
import { versionNames } from '../accepted.ts';

export const modernProtocols = {
  id: 'tls/modern-protocols',
  control: 'TLS-2',
  title: 'TLS 1.2 or TLS 1.3 is on',
  sources: [{ standard: 'RFC 9325', section: '3.1.1' }],
  applies_when: 'always',
  why: 'there is nothing sound to agree on',
  advice: 'Turn on TLS 1.2 and TLS 1.3',
  remedies: {
    nginx: ['ssl_protocols TLSv1.2 TLSv1.3;'],
    apache: ['SSLProtocol -all +TLSv1.2 +TLSv1.3'],
    haproxy: ['ssl-default-bind-options ssl-min-ver TLSv1.2'],
    caddy: ['tls {', '  protocols tls1.2 tls1.3', '}'],
    postfix: ['smtpd_tls_protocols = >=TLSv1.2', 'smtpd_tls_mandatory_protocols = >=TLSv1.2'],
  },
  judge({ versions }) {
    const modern = versions.filter(({ version }) => version >= TLS_1_2);
    const on = modern.filter(({ acceptance }) => acceptance === 'accepted');
    if (on.length > 0) return holds(`accepted: ${versionNames(on)}`);
    if (modern.some(({ acceptance }) => acceptance === 'unknown')) return unknown('TLS 1.2 and 1.3 were not answered');
    return violated('neither TLS 1.2 nor TLS 1.3 is accepted', []);
  },
} as const satisfies TlsRule;
