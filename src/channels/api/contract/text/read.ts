import type { JsonParser } from '../../../../protocol/json/index.ts';
import { JsonError } from '../../../../protocol/json/index.ts';
import type { CheckResult, CompiledSchema } from '../../../../protocol/jsonschema/index.ts';
import type { Judging } from '../judge-json.ts';
import { scalarJson } from '../scalar.ts';
import type { ArrayPlan, ObjectPlan, Parts, TextPlan } from './types.ts';

/** What chooses among several readings of an inner value. */
export interface Judge {
  readonly parser: JsonParser;
  /** Undefined before anybody is known. */
  readonly context: Judging | undefined;
}

/** Every JSON text the parts may stand for, most specific first; none where no type fits. */
export function readings(plan: TextPlan, parts: Parts, judge: Judge): string[] {
  const found: string[] = [];
  if (parts.whole !== null) {
    for (const kind of plan.scalars) {
      const json = scalarJson(kind, parts.whole);
      if (json !== null) found.push(json);
    }
  }
  const array = plan.array && parts.items && arrayJson(plan.array, parts.items, judge);
  if (array) found.push(array);
  const object = plan.object && parts.members && objectJson(plan.object, parts.members, judge);
  if (object) found.push(object);
  return found;
}

function arrayJson(plan: ArrayPlan, items: readonly Parts[], judge: Judge): string | null {
  const texts = items.map((item, index) => reading(plan.first[index] ?? plan.items, item, judge));
  return texts.includes(null) ? null : `[${texts.join(',')}]`;
}

/** A member no plan knows stays in, as text: that it is undeclared is the schema's to say. */
function objectJson(plan: ObjectPlan, members: readonly (readonly [string, Parts])[], judge: Judge): string | null {
  const texts: string[] = [];
  for (const [name, parts] of members) {
    const known = plan.properties.get(name) ?? plan.others;
    const json = known ? reading(known, parts, judge) : JSON.stringify(parts.whole ?? '');
    if (json === null) return null;
    texts.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${texts.join(',')}}`;
}

/** One inner value: of several readings the first that its own schema accepts. */
export function reading(plan: TextPlan, parts: Parts, judge: Judge): string | null {
  const found = readings(plan, parts, judge);
  if (found.length < 2) return found[0] ?? null;
  const accepted = found.find((json) => plan.schemas.some((schema) => checkJson(schema, json, judge)?.ok === true));
  return accepted ?? found.at(-1) ?? null;
}

/** Null where the text is no JSON within the limits: a repeated or forbidden name, a number too long. */
export function checkJson(schema: CompiledSchema, json: string, { parser, context }: Judge): CheckResult | null {
  try {
    return schema.check(parser.parse(Buffer.from(json)), context);
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}
