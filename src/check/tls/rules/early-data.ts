import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const earlyData = {
  id: 'tls/early-data',
  control: 'TLS-2',
  title: 'no data is taken before the handshake is done (0-RTT)',
  sources: [
    { standard: 'RFC 8446', section: '8' },
    { standard: 'RFC 8470', section: '3' },
  ],
  applies_when: 'TLS 1.3 is on',
  why: 'whoever recorded such data can send it again, and it is taken again',
  advice: 'Leave early data off, unless every request that may come so does the same however often it comes',
  remedies: {
    nginx: ['ssl_early_data off;'],
    haproxy: ['# on each bind line: leave allow-0rtt out'],
  },
  judge({ handshakes: { early_data } }) {
    if (early_data === 'not-applicable')
      return notApplicable('no TLS 1.3, or no session without a certificate of the client');
    if (early_data === 'unknown') return unknown('no ticket of TLS 1.3 was seen');
    return early_data === 'yes' ? violated('tickets allow early data', ['max_early_data_size']) : holds('it is off');
  },
} as const satisfies TlsRule;
