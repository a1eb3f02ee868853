import { readParameters } from '../../../../protocol/multipart/index.ts';
import type { PartPlan } from './types.ts';

const TYPE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\/([!#$%&'*+.^_`|~0-9A-Za-z-]+)/;
const DEFAULTS = { text: 'text/plain', json: 'application/json', binary: '*/*' } as const;
/** What a binary part goes on as where the contract does not say what it is: nothing undeclared is vouched for. */
const OPAQUE = 'application/octet-stream';
/** RFC 2046 section 5.1: a part without a type is text. */
const UNSTATED = 'text/plain';

/**
 * The media type a part goes on with, without parameters; '' for none, undefined where what it states is not
 * declared.
 *
 * A text part may leave its type out, and so may a JSON part, since `FormData` cannot state one: it is what the
 * contract says or it is refused. A part is never again a multipart.
 */
export function partType(plan: PartPlan, stated: string | null): string | undefined {
  const type = stated === null ? null : readType(plan, stated);
  if (type === undefined || type?.startsWith('multipart/')) return undefined;
  const allowed = plan.types ?? [DEFAULTS[plan.format]];
  if (type === null && plan.types === null) return assumed(plan);
  if (type === null && plan.format === 'json') return assumed(plan);
  const actual = type ?? UNSTATED;
  if (!allowed.some((range) => covers(range, actual))) return undefined;
  return plan.types === null ? assumed(plan) : actual;
}

/** The type of a part that states none, or whose type the contract leaves open. */
export function assumed({ format, types }: PartPlan): string {
  const [first] = types ?? [];
  if (first !== undefined && !first.endsWith('/*')) return first;
  if (format === 'text') return '';
  return format === 'json' ? DEFAULTS.json : OPAQUE;
}

/** Bytes have whatever parameters they have; text and JSON are UTF-8 and nothing else. */
function readType({ format }: PartPlan, stated: string): string | undefined {
  const match = TYPE.exec(stated);
  const parameters = match && readParameters(stated.slice(match[0].length));
  if (!parameters || !/^utf-8$/i.test(parameters.get('charset') ?? 'utf-8')) return undefined;
  if (format !== 'binary' && parameters.size > (parameters.has('charset') ? 1 : 0)) return undefined;
  return match[0].toLowerCase();
}

function covers(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}
