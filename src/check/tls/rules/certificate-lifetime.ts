import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import { DAY_MS, dayOf, daysOf, isPublic, judgeEach, readableChains } from '../chains.ts';

/** Most days by the day it begins, the newest first (Baseline Requirements 6.3.2). Before the first it was no concern of clients. */
const CAPS: readonly { readonly from_ms: number; readonly days: number }[] = [
  { from_ms: Date.UTC(2029, 2, 15), days: 47 },
  { from_ms: Date.UTC(2027, 2, 15), days: 100 },
  { from_ms: Date.UTC(2026, 2, 15), days: 200 },
  { from_ms: Date.UTC(2020, 8, 1), days: 398 },
];

export const certificateLifetime = {
  id: 'tls/certificate-lifetime',
  control: 'TLS-3',
  title: 'the certificate lives no longer than public ones may',
  sources: [{ standard: 'CA/Browser Forum Baseline Requirements', section: '6.3.2' }],
  applies_when: 'the certificate is trusted by public roots',
  why: 'browsers refuse it, and what is stolen or was wrongly issued is of use for longer',
  advice: 'Get a new certificate; with ACME it lives for 90 days or less and nobody has to think of it',
  remedies: { caddy: ['tls you@example.org'] },
  judge(evidence) {
    const readable = readableChains(evidence);
    if (readable.length > 0 && !readable.some(isPublic)) return notApplicable('no public root stands behind it');
    const words = { sound: 'within the bound of its day', broken: 'the certificate lives longer than it may' };
    return judgeEach(evidence, words, (chain) => {
      const { not_before_ms, not_after_ms } = chain.leaf;
      const cap = CAPS.find(({ from_ms }) => not_before_ms >= from_ms);
      // Both ends belong to it, and a day is 86,400 seconds.
      const lifetime_ms = not_after_ms - not_before_ms + 1000;
      if (!isPublic(chain) || cap === undefined || lifetime_ms <= cap.days * DAY_MS) return [];
      return [`${daysOf(lifetime_ms)} from ${dayOf(not_before_ms)}, ${cap.days} at most since ${dayOf(cap.from_ms)}`];
    });
  },
} as const satisfies TlsRule;
