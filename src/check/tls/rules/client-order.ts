import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';
import { accepted, isKnown, versionNames } from '../accepted.ts';

export const clientOrder = {
  id: 'tls/client-order',
  control: 'TLS-2',
  title: 'the client chooses among the cipher suites',
  sources: [{ standard: 'Mozilla Server Side TLS 6.0', section: 'server_preferred_order' }],
  applies_when: 'a version is accepted with more than one cipher suite',
  why: 'clients without AES in hardware are slower than they need to be, where every suite is sound',
  advice: 'Let the client choose',
  remedies: {
    nginx: ['ssl_prefer_server_ciphers off;'],
    apache: ['SSLHonorCipherOrder off'],
    haproxy: ['ssl-default-bind-options prefer-client-ciphers'],
    postfix: ['tls_preempt_cipherlist = no'],
  },
  judge(evidence) {
    const versions = accepted(evidence);
    const held = versions.filter(({ order }) => order === 'server');
    if (held.length > 0) return violated('the server chooses among the cipher suites', [versionNames(held)]);
    const open = !isKnown(evidence.versions) || versions.some(({ order }) => order === 'unknown');
    if (open) return unknown('not every version showed who chooses');
    if (versions.every(({ order }) => order === 'one')) return notApplicable('there is nothing to choose');
    return holds('it does');
  },
} as const satisfies TlsRule;
