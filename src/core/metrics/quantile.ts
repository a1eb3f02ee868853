/**
 * Where a share of the observed values lies, as Prometheus' `histogram_quantile` estimates it: within a bucket they are
 * taken to lie evenly. What is above all bounds is told as the last bound; null where nothing was observed.
 *
 * @param counts one for each bound and one for what is above; not cumulative
 * @param share from 0 to 1
 */
export function quantile(bounds: readonly number[], counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [index, bound] of bounds.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const from = index === 0 ? 0 : (bounds[index - 1] as number);
      return from + (bound - from) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return bounds.at(-1) ?? null;
}
