import { Document, isNode, LineCounter } from 'yaml';
import { z } from 'zod';
import { type Fault, LoadError } from '../../../../core/errors/faults.ts';
import { parseStrictYaml } from '../../../../protocol/yaml/parse.ts';

/** Who has looked at what an operation lets in and out, and how it was then. */
export interface ReviewEntry {
  /** Of the operation as it was reviewed: SHA-256, lower hex. */
  readonly digest: string;
  readonly reviewer: string;
  /** `2026-11-22` */
  readonly date: string;
  readonly note?: string | undefined;
}

/** By operation id; stands in a file beside the contract. */
export type Review = ReadonlyMap<string, ReviewEntry>;

/** Free words of a reviewer: one line that cannot play with a terminal. */
const words = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text), 'must be one line without control characters');

/** A calendar day. */
const day = z.string().refine(isDay, 'must be a day such as 2026-11-22');

export const reviewerName = words(200);
export const reviewNote = words(1000);
export const reviewDay = day;

const reviewFile = z.strictObject({
  version: z.literal(1),
  operations: z.record(
    z.string(),
    z.strictObject({
      digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower hex'),
      reviewer: reviewerName,
      date: day,
      note: reviewNote.optional(),
    }),
  ),
});

/**
 * Reads a review file. Strict YAML, closed.
 *
 * @param file as the user named it
 * @throws LoadError CONTRACT_REVIEW with every fault found
 */
export function parseReview(file: string, text: string): Review {
  const lines = new LineCounter();
  const { document, problems } = parseStrictYaml(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): Omit<Fault, 'message' | 'suggestion'> => {
    const { line, col } = lines.linePos(offset);
    return { code: 'CONTRACT_REVIEW', file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === null || problems.length > 0) {
    throw new LoadError(problems.map(({ offset, message }) => ({ ...at(offset), message })));
  }
  const read = reviewFile.safeParse(plain(document));
  if (read.success) return new Map(Object.entries(read.data.operations));
  throw new LoadError(
    read.error.issues.map((issue) => {
      const node = document.getIn(issue.path, true);
      const place = at(isNode(node) ? (node.range?.[0] ?? 0) : 0);
      return { ...place, key: issue.path.map(String).join('.'), message: messageOf(issue) };
    }),
  );
}

/** Aliases are not resolved: a review has nothing to repeat. */
function plain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return null;
  }
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown: ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
  return issue.message;
}

const HEAD = ` Who has looked at what each operation lets in and out. Written by: sallyport contract accept
 An operation whose digest is another than here counts as not reviewed.`;

/** The text of a review file: operations in order, the same text for the same review. */
export function reviewText(review: Review): string {
  const operations = [...review].sort(([a], [b]) => (a < b ? -1 : 1));
  const document = new Document({ version: 1, operations: Object.fromEntries(operations.map(tidy)) });
  document.commentBefore = HEAD;
  return document.toString({ lineWidth: 0 });
}

function tidy([id, { digest, reviewer, date, note }]: readonly [string, ReviewEntry]): [string, object] {
  return [id, { digest, reviewer, date, ...(note === undefined ? {} : { note }) }];
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time_ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time_ms) && new Date(time_ms).toISOString().startsWith(text);
}
