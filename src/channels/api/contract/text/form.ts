import { Refusal } from '../../../../core/errors/refusal.ts';
import { type Fill, type JsonParser, pointerTo } from '../../../../protocol/json/index.ts';
import { pointerToken } from '../../../../protocol/json/pointer.ts';
import { type JsonCodes, type Judging, judgeRequest, parseJson, REQUEST_JSON } from '../judge-json.ts';
import { decodePercent } from '../percent.ts';
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
/** The text that is judged is ours: where it is none, the form was not. */
const FORM_JSON: JsonCodes = { ...REQUEST_JSON, form: 'VALIDATE_FORM' };

const SYNTAX: PairSyntax = {
  between: '&',
  max_pairs: MAX_PAIRS,
  at: { code: 'VALIDATE_FORM', repeated: 'VALIDATE_FORM', place: '' },
  readName: (raw) => decodePercent(raw),
  undeclared(name) {
    const pointer = pointerToken(name).slice(0, MAX_POINTER_LENGTH);
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
export function readForm(plan: FormPlan, bytes: Buffer, context: Judging, json: JsonParser = plan.parser): Buffer {
  const text = bytes.toString('latin1').replaceAll('+', '%20');
  const given = collectPairs(text, plan.names, SYNTAX);
  const judge = { parser: json, context };
  const members: string[] = [];
  const written: string[] = [];
  for (const field of plan.fields) {
    const pairs = given.get(field);
    if (!pairs) continue;
    const value = readField(field, pairs, judge);
    if (value.json !== '') members.push(value.json);
    written.push(value.text);
  }
  const fills = judgeObject(plan, `{${members.join(',')}}`, judge, context);
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
function judgeObject({ schema }: FormPlan, json: string, { parser }: Judge, context: Judging): readonly Fill[] {
  const tape = parseJson(Buffer.from(json), parser, FORM_JSON);
  const { fills } = judgeRequest(tape, schema, context);
  const inner = fills.find(({ object }) => object !== 0);
  // Inside a field there is no agreed place for a member that the caller left out.
  if (inner) throw new Refusal('VALIDATE_BINDING', { pointer: pointerTo(tape, inner.object), rule: 'x-bind' });
  return fills;
}
