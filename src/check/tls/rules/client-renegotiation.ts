import { EXTENSION } from '../../../protocol/tls/client-extensions.ts';
import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const clientRenegotiation = {
  id: 'tls/client-renegotiation',
  control: 'TLS-9',
  title: 'a client cannot begin another handshake within a connection',
  sources: [
    { standard: 'RFC 9325', section: '3.5' },
    { standard: 'RFC 9113', section: '9.2.1' },
  ],
  applies_when: 'a version before TLS 1.3 is accepted, without a certificate of the client',
  why: 'one connection makes the server work without end, each handshake costs it more than the client (CVE-2011-1473)',
  advice: 'Turn off renegotiation begun by clients, or all versions before TLS 1.3',
  remedies: {},
  judge({ handshakes, extensions }) {
    const { client_renegotiation } = handshakes;
    if (client_renegotiation === 'no') return holds('a second ClientHello within a connection is refused');
    if (client_renegotiation === 'not-applicable')
      return notApplicable('only TLS 1.3, or no handshake without a certificate of the client');
    if (client_renegotiation === 'unknown') return unknown('no handshake could be finished to try it in');
    return extensions.has(EXTENSION.renegotiation_info)
      ? violated('a second ClientHello within a connection is answered', ['bound to the first handshake (RFC 5746)'])
      : violated('a second ClientHello within a connection is answered, and not bound to the first', ['CVE-2009-3555']);
  },
} as const satisfies TlsRule;
