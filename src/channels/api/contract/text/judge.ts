import { Refusal } from '../../../../core/errors/refusal.ts';
import type { Judging } from '../judge-json.ts';
import { checkJson, readings } from './read.ts';
import { refuse } from './refuse.ts';
import type { At, Parts, TypedText } from './types.ts';

/**
 * Holds a text that was taken apart to its schema: of all its readings one must keep it.
 *
 * @throws Refusal as `at` says, with the broken schema keyword of the most specific reading as rule, or `type` where
 *   nothing fits; VALIDATE_BINDING in requests where a member names somebody else than the caller
 */
export function judgeText(type: TypedText, parts: Parts, at: At, context: Judging | undefined): void {
  const judge = { parser: type.parser, context };
  let rule: string | null = null;
  for (const json of readings(type.plan, parts, judge)) {
    const broken = brokenRule(type, json, judge);
    if (broken === null) return;
    rule = rule === null || broken === 'x-bind' ? broken : rule;
  }
  refuseValue(at, rule ?? 'type');
}

/** @throws Refusal always */
export function refuseValue(at: At, rule: string): never {
  if (rule === 'x-bind' && at.code === 'VALIDATE_PARAMETER') {
    throw new Refusal('VALIDATE_BINDING', { pointer: at.place, rule });
  }
  return refuse(at, rule);
}

function brokenRule({ schema }: TypedText, json: string, judge: Parameters<typeof checkJson>[2]): string | null {
  const result = checkJson(schema, json, judge);
  if (result === null) return 'type';
  if (!result.ok) return result.keyword;
  if (result.undeclared.length > 0) return 'undeclared';
  // A member that would have to be filled in has no place in a text whose order is the caller's.
  return result.fills.length > 0 ? 'x-bind' : null;
}
