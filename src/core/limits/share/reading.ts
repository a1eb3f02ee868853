import { MAX_KEY_LENGTH } from '../key.ts';
import { MAX_KEYS, type ShareReport } from './messages.ts';

/** More units than any key has in a round; a sum of many stays exact. */
const MAX_UNITS = 1e12;

/**
 * A worker's report as its supervisor receives it. Workers read strangers' bytes: one that was taken over must not bring
 * down the supervisor, or all others with it.
 *
 * @returns null for what no worker would say
 */
export function readShareReport(value: unknown): ShareReport | null {
  if (!isRecord(value)) return null;
  const { number, lost, retold, rates, places } = value;
  const sound =
    isCount(number) &&
    typeof lost === 'boolean' &&
    typeof retold === 'boolean' &&
    isList(
      rates,
      (news) =>
        isRecord(news) && isName(news['name']) && isInterval(news['interval_ms']) && isList(news['takes'], isTake),
    ) &&
    isList(
      places,
      (news) =>
        isRecord(news) && isName(news['name']) && typeof news['anew'] === 'boolean' && isList(news['counts'], isHeld),
    );
  if (!sound) return null;
  const report = value as unknown as ShareReport;
  const takes = report.rates.reduce((sum, news) => sum + news.takes.length, 0);
  const counts = report.places.reduce((sum, news) => sum + news.counts.length, 0);
  // Of all limiters together, see `dealOut`.
  return takes <= MAX_KEYS && counts <= MAX_KEYS ? report : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MAX_KEYS && value.every(isItem);
}

function isTake(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [key, cost, age_ms] = value as unknown[];
  return (key === null || isName(key)) && isUnits(cost) && isUnits(age_ms);
}

function isHeld(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isName(value[0]) && isCount(value[1]);
}

/** A key, or the name of a limiter, which is shorter: of two words and the name of a zone or machine at most. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_KEY_LENGTH;
}

function isUnits(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_UNITS;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isInterval(value: unknown): boolean {
  return isUnits(value) && value !== 0;
}
