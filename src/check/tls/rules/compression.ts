import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';
import { acceptedBeforeTls13, versionNames } from '../accepted.ts';

export const compression = {
  id: 'tls/compression',
  control: 'TLS-2',
  title: 'TLS compression is off',
  sources: [{ standard: 'RFC 9325', section: '3.3' }],
  applies_when: 'a version before TLS 1.3 is accepted',
  why: 'the size of what is sent tells secrets in it (CRIME)',
  advice: 'Turn TLS compression off',
  remedies: {
    apache: ['SSLCompression off'],
    postfix: ['tls_ssl_options = NO_COMPRESSION'],
  },
  judge(evidence) {
    const versions = acceptedBeforeTls13(evidence);
    if (evidence.compression === true)
      return violated('DEFLATE is chosen when it is offered', [versionNames(versions)]);
    if (evidence.compression === false) return holds('no compression is chosen when DEFLATE is offered');
    const open = versions.length > 0 || evidence.versions.some(({ acceptance }) => acceptance === 'unknown');
    return open ? unknown('the offer was not answered') : notApplicable('TLS 1.3 has no compression');
  },
} as const satisfies TlsRule;
