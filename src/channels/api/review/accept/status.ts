import type { OperationShape } from './digest.ts';
import type { Review, ReviewEntry } from './review-file.ts';

/**
 * - `reviewed`: somebody has looked at the operation as it is
 * - `changed`: it, or a schema it uses, is other than it was then
 * - `never`: nobody has
 */
export type ReviewState = 'reviewed' | 'changed' | 'never';

export interface OperationReview {
  readonly id: string;
  readonly state: ReviewState;
  /** Of the last review; null where there was none. */
  readonly entry: ReviewEntry | null;
}

export function reviewStates(shapes: readonly OperationShape[], review: Review): OperationReview[] {
  return shapes.map(({ id, digest }) => {
    const entry = review.get(id) ?? null;
    return { id, state: entry === null ? 'never' : entry.digest === digest ? 'reviewed' : 'changed', entry };
  });
}

export interface Acceptance {
  readonly reviewer: string;
  readonly date: string;
  readonly note?: string | undefined;
  /** Operation ids; null for all. */
  readonly operations: ReadonlySet<string> | null;
}

export interface Accepted {
  readonly review: Review;
  /** Ids of the operations that were entered now, in order of the contract. */
  readonly entered: readonly string[];
  /** Ids of entries that went, because the api declares them no more. */
  readonly dropped: readonly string[];
}

/**
 * The review after somebody has accepted operations as they are. One that is reviewed as it is keeps its reviewer,
 * unless it is accepted by name. Entries of other apis stay.
 */
export function acceptOperations(
  api: string,
  shapes: readonly OperationShape[],
  review: Review,
  { operations, reviewer, date, note }: Acceptance,
): Accepted {
  const declared = new Set(shapes.map(({ id }) => id));
  const dropped = [...review.keys()].filter((id) => id.startsWith(`${api}.`) && !declared.has(id));
  const kept = new Map([...review].filter(([id]) => !dropped.includes(id)));
  const entered = shapes.filter(({ id, digest }) =>
    operations === null ? kept.get(id)?.digest !== digest : operations.has(id),
  );
  for (const { id, digest } of entered) kept.set(id, { digest, reviewer, date, note });
  return { review: kept, entered: entered.map(({ id }) => id), dropped };
}
