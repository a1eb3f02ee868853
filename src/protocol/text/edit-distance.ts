/**
 * The known word a user most likely meant, or null when none is near.
 *
 * Near means an edit distance of at most a third of the word, at least 1, or that one word begins with the other;
 * of equally near words, the first.
 */
export function nearest(word: string, known: Iterable<string>): string | null {
  if (word.length > 64) return null;
  let best: string | null = null;
  let best_distance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = distanceTo(word.toLowerCase(), candidate.toLowerCase());
    if (distance < best_distance) [best, best_distance] = [candidate, distance];
  }
  return best;
}

/** The beginning of a word (`acme` for `acme-ca`) counts as one edit away. */
function distanceTo(word: string, candidate: string): number {
  const begins =
    Math.min(word.length, candidate.length) >= 3 && (word.startsWith(candidate) || candidate.startsWith(word));
  return begins ? Math.min(1, editDistance(word, candidate)) : editDistance(word, candidate);
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance). */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const cost = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(swapped ? Math.min(cost, at(before, column - 2) + 1) : cost);
    }
    [before, above] = [above, current];
  }
  return at(above, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
