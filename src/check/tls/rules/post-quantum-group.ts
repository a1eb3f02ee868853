import { groupName, isPostQuantum } from '../../../protocol/tls/groups.ts';
import { TLS_1_3 } from '../../../protocol/tls/versions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const postQuantumGroup = {
  id: 'tls/post-quantum-group',
  control: 'TLS-2',
  title: 'a post-quantum group is offered',
  sources: [{ standard: 'RFC 10024', section: '1' }],
  applies_when: 'TLS 1.3 is accepted',
  why: 'what is recorded today can be read once there is a quantum computer that is large enough',
  advice: 'Offer X25519MLKEM768 before other groups; it needs OpenSSL 3.5, Go 1.24 (Caddy 2.10) or newer',
  remedies: {
    nginx: ['ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1;'],
    apache: ['SSLOpenSSLConfCmd Groups X25519MLKEM768:X25519:prime256v1'],
    haproxy: ['ssl-default-bind-curves X25519MLKEM768:X25519:P-256'],
    caddy: ['tls {', '  curves x25519mlkem768 x25519 secp256r1', '}'],
    postfix: ['tls_eecdh_auto_curves = X25519MLKEM768, X25519, prime256v1'],
  },
  judge({ versions }) {
    const tls13 = versions.find(({ version }) => version === TLS_1_3);
    if (tls13 === undefined || tls13.acceptance === 'unknown') return unknown('TLS 1.3 was not answered');
    if (tls13.acceptance === 'refused') return notApplicable('post-quantum groups exist in TLS 1.3 alone');
    const names = tls13.groups.values.map(groupName);
    const sound = tls13.groups.values.filter(isPostQuantum).map(groupName);
    if (sound.length > 0) return holds(`offered: ${sound.join(', ')}`, names);
    return tls13.groups.complete
      ? violated('no post-quantum group is offered', names)
      : unknown('not every group was answered');
  },
} as const satisfies TlsRule;
