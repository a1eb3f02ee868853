import { groupName } from '../../../protocol/tls/groups.ts';
import type { TlsRule } from '../../registry.ts';
import { judgeListed } from '../listed.ts';

export const allowedGroups = {
  id: 'tls/allowed-groups',
  control: 'TLS-2',
  title: 'every group for the key exchange is one of the policy',
  sources: [{ standard: 'RFC 9325', section: '4.5' }],
  applies_when: 'the policy lists groups',
  why: 'what nobody needs is there to be attacked all the same',
  advice: 'Leave on the groups that the policy lists, and turn off the others',
  remedies: {
    nginx: ['ssl_ecdh_curve X25519:prime256v1:secp384r1;'],
    apache: ['SSLOpenSSLConfCmd Groups X25519:prime256v1:secp384r1'],
    haproxy: ['ssl-default-bind-curves X25519:P-256:P-384'],
    caddy: ['tls {', '  curves x25519 secp256r1 secp384r1', '}'],
    postfix: ['tls_eecdh_auto_curves = X25519, prime256v1, secp384r1'],
  },
  judge({ versions }, { groups: list }) {
    const names = [...new Set(versions.flatMap(({ groups }) => groups.values))].map(groupName);
    const complete = versions.every(({ acceptance, groups }) => acceptance !== 'unknown' && groups.complete);
    return judgeListed({ names, complete, list, noun: 'groups' });
  },
} as const satisfies TlsRule;
