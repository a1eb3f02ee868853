import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import { DAY_MS, dayOf, judgeEach, readableChains } from '../chains.ts';

const SOON_MS = 14 * DAY_MS;
/** Of the lifetime: what lives for six days is renewed after four. */
const SHARE = 1 / 3;

export const certificateExpirySoon = {
  id: 'tls/certificate-expiry-soon',
  control: 'TLS-3',
  title: 'the certificate is renewed in good time',
  sources: [{ standard: 'RFC 5280', section: '4.1.2.5' }],
  applies_when: 'a certificate is sent that has not expired',
  why: 'on the day it expires the service is down for everybody at once',
  advice:
    'See why the renewal has not run: it is due when a third of the lifetime is left, 14 days before the end at the latest',
  remedies: { caddy: ['tls you@example.org'] },
  judge(evidence) {
    const { checked_at_ms } = evidence;
    const readable = readableChains(evidence);
    const expired = readable.filter(({ leaf }) => leaf.not_after_ms < checked_at_ms);
    if (readable.length > 0 && expired.length === readable.length) return notApplicable('it has expired');
    const words = { sound: 'the end is not near', broken: 'the certificate is about to expire' };
    return judgeEach(evidence, words, ({ leaf: { not_before_ms, not_after_ms } }) => {
      const left_ms = not_after_ms - checked_at_ms;
      const soon_ms = Math.min(SOON_MS, (not_after_ms - not_before_ms) * SHARE);
      return left_ms >= 0 && left_ms < soon_ms ? [`expires on ${dayOf(not_after_ms)}`] : [];
    });
  },
} as const satisfies TlsRule;
