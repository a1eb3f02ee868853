import type { JsonParser } from '../../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../../protocol/jsonschema/index.ts';
import type { Judging } from '../judge-json.ts';
import type { TextPlan } from '../text/types.ts';

/**
 * How the parts of one property are read.
 *
 * - `text`: UTF-8, typed like a parameter
 * - `json`: strict JSON
 * - `binary`: opaque bytes, bounded in length
 */
export type PartPlan = TextPart | JsonPart | BinaryPart;

interface PartBase {
  /** The parts of this name are the items of an array. */
  readonly array: boolean;
  /** Media types and ranges (`image/*`) a part may state; null where the contract states none itself. */
  readonly types: readonly string[] | null;
}

export interface TextPart extends PartBase {
  readonly format: 'text';
  /** What the text may mean, scalars only. */
  readonly plan: TextPlan;
}

export interface JsonPart extends PartBase {
  readonly format: 'json';
}

export interface BinaryPart extends PartBase {
  readonly format: 'binary';
  readonly min_bytes: number;
  /** Infinity where the schema sets none: the body limit holds. */
  readonly max_bytes: number;
}

/** A `multipart/form-data` body, compiled. */
export interface MultipartPlan {
  readonly parts: ReadonlyMap<string, PartPlan>;
  /** The names of these parts as `foldName` writes them. */
  readonly folded: ReadonlySet<string>;
  /** How a part is read that no property names; null where such a part is undeclared. */
  readonly others: PartPlan | null;
  /** Judges all parts together, as one object in which a string stands for each binary part. */
  readonly schema: CompiledSchema;
}

/** The steps are those of judging all parts together. */
export interface MultipartContext extends Judging {
  readonly json: JsonParser;
  /** A fresh unguessable text of 1 to 60 letters and digits at every call: the boundary towards the upstream is made of it. */
  readonly boundary: () => string;
}

/** The body rebuilt from what was judged. */
export interface RebuiltMultipart {
  readonly bytes: Buffer;
  /** With the boundary: `multipart/form-data; boundary=...`. */
  readonly content_type: string;
}
