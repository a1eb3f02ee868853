import { Refusal } from '../../../../core/errors/refusal.ts';
import { type Fill, JsonError, type JsonParser, pointerTo, type Tape } from '../../../../protocol/json/index.ts';
import { decodePercent } from '../percent.ts';
import type { Bindings } from '../types.ts';
import { FORM } from './codec.ts';
import { collectPairs, type Pair, type PairSyntax } from './fields.ts';
import { canonicalJson } from './json-value.ts';
import { type Judge, reading } from './read.ts';
import { takeField } from './take-field.ts';
import type { FormField, FormPlan } from './types.ts';

export { compileForm } from './compile-form.ts';
export type { FormPlan } from './types.ts';

/** Pairs beyond these are not taken apart. */
const MAX_PAIRS = 4096;
/** Longest pointer given out: what is undeclared is named by the far end. */
const MAX_POINTER_LENGTH = 1024;
const LIMITS: ReadonlySet<string> = new Set(['depth', 'keys', 'items', 'number', 'bytes', 'string', 'array']);

const SYNTAX: PairSyntax = {
  between: '&',
  max_pairs: MAX_PAIRS,
  at: { code: 'VALIDATE_FORM', repeated: 'VALIDATE_FORM', place: '' },
  readName: (raw) => decodePercent(raw),
  undeclared(name) {
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`.slice(0, MAX_POINTER_LENGTH);
    throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer, rule: 'undeclared' });
  },
};
const WRITING = { codec: FORM, between: '&' } as const;

/**
 * Reads a form strictly (WHATWG URL section 5.1, but ASCII only, every pair with a name and `=`, control characters
 * but tab and line breaks refused), holds it to its schema and to the caller, and writes it anew: fields in the order
 * of the contract, blanks as `+`, everything but unreserved characters percent-encoded.
 *
 * The fields become one JSON object, which is judged as a JSON body is: what is required, closed, bound. Where a
 * bound field is absent it is filled in.
 *
 * @param json the operation's parser, which carries its limits; that of the contract where absent
 * @throws Refusal VALIDATE_FORM, VALIDATE_SCHEMA, VALIDATE_FIELD_UNDECLARED, VALIDATE_BINDING, VALIDATE_JSON_LIMIT
 */
export function readForm(plan: FormPlan, bytes: Buffer, bindings: Bindings, json: JsonParser = plan.parser): Buffer {
  const text = bytes.toString('latin1').replaceAll('+', '%20');
  const given = collectPairs(text, plan.names, SYNTAX);
  const judge = { parser: json, bindings };
  const members: string[] = [];
  const written: string[] = [];
  for (const field of plan.fields) {
    const pairs = given.get(field);
    if (!pairs) continue;
    const value = readField(field, pairs, judge);
    if (value.json !== '') members.push(value.json);
    written.push(value.text);
  }
  const fills = judgeObject(plan, `{${members.join(',')}}`, judge);
  for (const { name, value } of fills) written.push(`${FORM.encode(name)}=${FORM.encode(value)}`);
  return Buffer.from(written.join('&').replaceAll('%20', '+'), 'latin1');
}

/** The members a field makes in the object, and its canonical pairs. */
function readField(field: FormField, pairs: readonly Pair[], judge: Judge): { json: string; text: string } {
  const { parts, text } = takeField(field, pairs, WRITING);
  if (parts === null) return { json: '', text };
  if (field.media === 'json') {
    const json = canonicalJson(judge.parser, parts.whole as string, field.at);
    return { json: named(field, json), text: `${FORM.encode(field.name)}=${FORM.encode(json)}` };
  }
  const json = reading(field.plan, parts, judge) ?? refuseType(field);
  return { json: field.is_rest ? json.slice(1, -1) : named(field, json), text };
}

function named(field: FormField, json: string): string {
  return `${JSON.stringify(field.name)}:${json}`;
}

function refuseType({ at }: FormField): never {
  throw new Refusal('VALIDATE_SCHEMA', { pointer: at.place, rule: 'type' });
}

/** The fields to fill in with the caller's name. */
function judgeObject({ schema }: FormPlan, json: string, { parser, bindings }: Judge): readonly Fill[] {
  const tape = parse(Buffer.from(json), parser);
  const result = schema.check(tape, bindings ? { bindings } : {});
  if (!result.ok) {
    const code = result.keyword === 'x-bind' ? 'VALIDATE_BINDING' : 'VALIDATE_SCHEMA';
    throw new Refusal(code, { pointer: result.pointer, rule: result.keyword });
  }
  const [undeclared] = result.undeclared;
  if (undeclared !== undefined) {
    throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer: pointerTo(tape, undeclared), rule: 'undeclared' });
  }
  const inner = result.fills.find(({ object }) => object !== 0);
  // Inside a field there is no agreed place for a member that the caller left out.
  if (inner) throw new Refusal('VALIDATE_BINDING', { pointer: pointerTo(tape, inner.object), rule: 'x-bind' });
  return result.fills;
}

function parse(bytes: Buffer, parser: JsonParser): Tape {
  try {
    return parser.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const code = LIMITS.has(error.code) ? 'VALIDATE_JSON_LIMIT' : 'VALIDATE_FORM';
    throw new Refusal(code, { pointer: error.pointer ?? '', rule: error.code });
  }
}
