import type { TlsRule } from '../../registry.ts';
import { holds, notApplicable, unknown, violated } from '../../rule.ts';

export const heartbleed = {
  id: 'tls/heartbleed',
  control: 'TLS-2',
  title: 'heartbeats give nothing away',
  sources: [{ standard: 'RFC 6520', section: '4' }],
  applies_when: 'heartbeats are taken before TLS 1.3',
  why: 'anybody reads the memory of the server, its private key among what is there (Heartbleed, CVE-2014-0160)',
  advice: 'Update the TLS library at once, and replace the keys, certificates and passwords that were in memory',
  remedies: {},
  judge({ handshakes }) {
    const { heartbleed: answers } = handshakes;
    if (answers === 'yes') return violated('a heartbeat that lies about its length is answered', ['CVE-2014-0160']);
    if (answers === 'no') return holds('a heartbeat that lies about its length is dropped');
    return answers === 'not-applicable'
      ? notApplicable('no heartbeats are taken')
      : unknown('heartbeats were not tried');
  },
} as const satisfies TlsRule;
