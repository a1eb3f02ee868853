import { TLS_1_2, versionName } from '../../../protocol/tls/versions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';

export const oldProtocols = {
  id: 'tls/old-protocols',
  control: 'TLS-2',
  title: 'SSL 2.0, SSL 3.0, TLS 1.0 and TLS 1.1 are off',
  sources: [
    { standard: 'RFC 8996', section: '4, 5' },
    { standard: 'RFC 7568', section: '3' },
    { standard: 'RFC 6176', section: '3' },
  ],
  applies_when: 'always',
  why: 'SSL 2.0 opens what the same key protects elsewhere (DROWN), the signatures of the others rest on SHA-1 and MD5, and SSL 3.0 gives up what it encrypts (POODLE)',
  advice: 'Turn off every version before TLS 1.2',
  remedies: {
    nginx: ['ssl_protocols TLSv1.2 TLSv1.3;'],
    apache: ['SSLProtocol -all +TLSv1.2 +TLSv1.3'],
    haproxy: ['ssl-default-bind-options ssl-min-ver TLSv1.2'],
    caddy: ['tls {', '  protocols tls1.2 tls1.3', '}'],
    postfix: ['smtpd_tls_protocols = >=TLSv1.2', 'smtpd_tls_mandatory_protocols = >=TLSv1.2'],
  },
  judge({ versions, handshakes: { ssl2 } }) {
    const old = versions.filter(({ version }) => version < TLS_1_2);
    const on = old.filter(({ acceptance }) => acceptance === 'accepted').map(({ version }) => versionName(version));
    if (ssl2.accepted === 'yes') on.unshift('SSL 2.0');
    if (on.length > 0) return violated('old protocol versions are accepted', on);
    const open = ssl2.accepted === 'unknown' || old.some(({ acceptance }) => acceptance === 'unknown');
    if (open) return unknown('not every old version was answered');
    return holds('refused: SSL 2.0, SSL 3.0, TLS 1.0, TLS 1.1');
  },
} as const satisfies TlsRule;
