/** A report whose every text is as bad as a stranger can make it. */
import type { CheckReport, TargetReport } from '../../../src/check/report/report.ts';
import { BASE, reportOf } from '../a-report.ts';

export const HOSTILE = `</script></style></title>]]>--><img src=x onerror=alert(1)>"'&\u0000\u0001\u001b[2J\u202e\u2066\ufffe\ud800\n|`;
const LONG = 'x'.repeat(10_000);

/** The value with each text in it made hostile, but for those whose words are fixed. */
function spoiled(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return FIXED.has(key) ? value : `${HOSTILE}${value}${LONG}`;
  if (Array.isArray(value)) return value.map((item) => spoiled(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, spoiled(member, name)]));
}

const FIXED = new Set(['verdict', 'acceptance', 'order']);

const place = { file: 'partners/list 1.txt', line: 7 };

export const hostileTarget = spoiled({ ...BASE, place, problem: 'late' }) as TargetReport;

export const PLACED: TargetReport = { ...BASE, place };

const [failure] = BASE.results;

/** One target with each verdict there is, and one that is known. */
export const EVERY: TargetReport = {
  ...PLACED,
  results: [
    failure!,
    ...(['warn', 'could-not-tell', 'pass', 'not-applicable'] as const).map((verdict) => ({
      ...failure!,
      rule: `tls/${verdict}`,
      verdict,
    })),
    { ...failure!, rule: 'tls/known', known: true },
  ],
};

export const hostileReport = (): CheckReport => ({
  ...reportOf(EVERY, hostileTarget),
  policy: HOSTILE,
  across: [
    { rule: 'tls/shared', control: 'TLS-7', verdict: 'warn', message: HOSTILE, targets: [HOSTILE], known: false },
  ],
});
