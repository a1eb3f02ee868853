import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const fallbackScsv = {
  id: 'tls/fallback-scsv',
  control: 'TLS-2',
  title: 'a fallback to an older version is refused',
  sources: [{ standard: 'RFC 7507', section: '3' }],
  applies_when: 'more than one version is accepted',
  why: 'who stands between breaks handshakes until a client tries an older version',
  advice: 'Turn off all versions but the newest, or update the TLS library to one that knows TLS_FALLBACK_SCSV',
  remedies: {},
  judge({ handshakes }) {
    const { fallback_scsv } = handshakes;
    if (fallback_scsv === 'yes') return holds('a hello with TLS_FALLBACK_SCSV and an older version is refused');
    if (fallback_scsv === 'no') return violated('TLS_FALLBACK_SCSV is passed over', ['TLS_FALLBACK_SCSV']);
    return fallback_scsv === 'not-applicable'
      ? notApplicable('there is no older version to fall back to')
      : unknown('TLS_FALLBACK_SCSV was not answered');
  },
} as const satisfies TlsRule;
