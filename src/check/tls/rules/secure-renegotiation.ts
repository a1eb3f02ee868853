import { EXTENSION } from '../../../protocol/tls/client-extensions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';
import { acceptedBeforeTls13, versionNames } from '../accepted.ts';

export const secureRenegotiation = {
  id: 'tls/secure-renegotiation',
  control: 'TLS-9',
  title: 'renegotiation is bound to the connection',
  sources: [
    { standard: 'RFC 5746', section: '3.6' },
    { standard: 'RFC 9325', section: '3.5' },
  ],
  applies_when: 'a version before TLS 1.3 is accepted',
  why: 'who stands between puts a request of its own before the one of the client',
  advice: 'Update the TLS library of the server: every one since 2010 answers it, unless it was told not to',
  remedies: {},
  judge(evidence) {
    const versions = acceptedBeforeTls13(evidence);
    if (versions.length === 0) {
      const open = evidence.versions.some(({ acceptance }) => acceptance === 'unknown');
      return open ? unknown('not every version was answered') : notApplicable('TLS 1.3 has no renegotiation');
    }
    if (evidence.extensions.has(EXTENSION.renegotiation_info)) return holds('renegotiation_info is answered');
    return violated('renegotiation_info is not answered', [versionNames(versions)]);
  },
} as const satisfies TlsRule;
