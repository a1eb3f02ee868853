import { Refusal } from '../../../../core/errors/refusal.ts';
import { pointerToken } from '../../../../protocol/json/pointer.ts';
import { ARRAY, STRING, type Tape } from '../../../../protocol/json/tape.ts';
import {
  DEFAULT_MULTIPART_LIMITS,
  MultipartError,
  type Part,
  parseMultipart,
  writeMultipart,
} from '../../../../protocol/multipart/index.ts';
import { isFree } from '../text/fields.ts';
import { judge } from './judge.ts';
import { assumed, partType } from './part-type.ts';
import { partValue } from './part-value.ts';
import type { MultipartContext, MultipartPlan, PartPlan, RebuiltMultipart } from './types.ts';

/** The parts of one name, as read. */
interface Field {
  readonly plan: PartPlan;
  /** Each with the media type it goes on with. */
  readonly parts: Part[];
  /** JSON, one for each part. */
  readonly values: string[];
}

/** Boundaries are unguessable: a second attempt is for a random source that is not. */
const MAX_BOUNDARIES = 3;

/**
 * Takes a body of `multipart/form-data` apart, holds it to its contract and writes it anew: parts in the order in
 * which their names first came, each with Content-Disposition and a declared media type, and nothing as sent but the
 * values. Of a file its name is kept; on text and JSON a file name is dropped, since the contract says they are none.
 *
 * @param content_type the whole Content-Type field, boundary included
 * @throws Refusal VALIDATE_MULTIPART, VALIDATE_MEDIA_TYPE, VALIDATE_FIELD_UNDECLARED, VALIDATE_SCHEMA,
 *   VALIDATE_BINDING, VALIDATE_JSON, VALIDATE_JSON_LIMIT
 */
export function readMultipart(
  plan: MultipartPlan,
  bytes: Buffer,
  content_type: string,
  context: MultipartContext,
): RebuiltMultipart {
  const fields = new Map<string, Field>();
  for (const part of parse(bytes, content_type)) addPart(plan, fields, part, context);
  const tape = judge(composed(fields), plan.schema, context);
  return write(rebuild(plan, fields, tape), context);
}

function parse(bytes: Buffer, content_type: string): Part[] {
  try {
    return parseMultipart(bytes, content_type, DEFAULT_MULTIPART_LIMITS);
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    throw new Refusal('VALIDATE_MULTIPART', { pointer: '', rule: error.code });
  }
}

function addPart(plan: MultipartPlan, fields: Map<string, Field>, part: Part, context: MultipartContext): void {
  const pointer = pointerToken(part.name);
  const part_plan = planOf(plan, part.name);
  if (!part_plan) throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer, rule: 'undeclared' });
  const known = fields.get(part.name);
  if (known && !part_plan.array) throw new Refusal('VALIDATE_MULTIPART', { pointer, rule: 'repeated' });
  const type = partType(part_plan, part.content_type);
  if (type === undefined) throw new Refusal('VALIDATE_MEDIA_TYPE', { pointer, rule: 'content-type' });
  const field = known ?? { plan: part_plan, parts: [], values: [] };
  field.values.push(partValue(part_plan, part, context, pointer));
  field.parts.push({ ...part, content_type: type, filename: part_plan.format === 'binary' ? part.filename : null });
  fields.set(part.name, field);
}

/** A name of the caller's own must not be another spelling of a declared one: see `isFree`. */
function planOf({ parts, folded, others }: MultipartPlan, name: string): PartPlan | null {
  return parts.get(name) ?? (others && isFree(name, folded) ? others : null);
}

function composed(fields: ReadonlyMap<string, Field>): Buffer {
  const members = Array.from(fields, ([name, { plan, values }]) => {
    const value = plan.array ? `[${values.join(',')}]` : (values[0] as string);
    return `${JSON.stringify(name)}:${value}`;
  });
  return Buffer.from(`{${members.join(',')}}`);
}

/** The parts of what was judged: bytes as they came, everything else from the tape, fills included. */
function rebuild(plan: MultipartPlan, fields: ReadonlyMap<string, Field>, tape: Tape): Part[] {
  const parts: Part[] = [];
  for (let node = 1; node < tape.size; node = tape.next(node)) {
    const name = tape.keyOf(node) as string;
    const field = fields.get(name);
    if (field?.plan.format === 'binary') parts.push(...field.parts);
    else parts.push(...rebuildValues(name, planOf(plan, name), field?.parts ?? [], tape, node));
  }
  return parts.map((part) => (part.content_type === '' ? { ...part, content_type: null } : part));
}

function rebuildValues(name: string, plan: PartPlan | null, parts: readonly Part[], tape: Tape, node: number): Part[] {
  const nodes = plan?.array && tape.kind(node) === ARRAY ? itemsOf(tape, node) : [node];
  return nodes.map((value, index) => ({
    name,
    filename: null,
    content_type: parts[index]?.content_type ?? (plan ? assumed(plan) : ''),
    body: plan?.format === 'json' ? tape.source.subarray(tape.start(value), tape.end(value)) : textOf(tape, value),
  }));
}

function itemsOf(tape: Tape, node: number): number[] {
  const items: number[] = [];
  for (let item = node + 1; item < tape.next(node); item = tape.next(item)) items.push(item);
  return items;
}

function textOf(tape: Tape, node: number): Buffer {
  return Buffer.from(tape.kind(node) === STRING ? tape.stringAt(node) : tape.textAt(node));
}

function write(parts: readonly Part[], { boundary }: MultipartContext): RebuiltMultipart {
  for (let attempt = 0; attempt < MAX_BOUNDARIES; attempt++) {
    const chosen = `sallyport-${boundary()}`;
    const bytes = writeMultipart(parts, chosen);
    if (bytes) return { bytes, content_type: `multipart/form-data; boundary=${chosen}` };
  }
  throw new Error('every boundary that was drawn occurs in the body');
}
