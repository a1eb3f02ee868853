import type { Compiler } from '../compiler.ts';
import type { Node } from '../pointer.ts';
import { clip } from '../reader.ts';
import { foldName } from '../text/fields.ts';
import { readEncoding } from './encoding.ts';
import { planPart } from './plan-part.ts';
import { type Properties, propertiesOf } from './properties.ts';
import type { BinaryPart, MultipartPlan, PartPlan } from './types.ts';

/**
 * Compiles a `multipart/form-data` body.
 *
 * Each property is a part, an array as many parts of one name. Without `encoding` a part is text where its schema is
 * a string, number or boolean, JSON where it is an object, binary where it has `format: binary` or no type
 * (OpenAPI 3.1.1 section 4.15.1, "Common Fixed Fields").
 *
 * @param schema the object whose properties are the parts
 * @param encoding the `encoding` map of the Media Type Object; null where there is none
 * @returns null after a fault
 */
export function compileMultipart(compiler: Compiler, schema: Node, encoding: Node | null): MultipartPlan | null {
  const { reader } = compiler;
  const types = readEncoding(compiler, encoding);
  const properties = propertiesOf(reader.root, schema);
  if (properties.patterns) {
    reader.log.add('CONTRACT_UNSUPPORTED', properties.patterns.pointer, 'patternProperties are not enforced in a form');
  }
  for (const name of types.keys()) {
    if (properties.named.has(name)) continue;
    reader.log.add('CONTRACT_SYNTAX', encoding?.pointer ?? '', `encoding names '${clip(name)}', which is no property`);
  }
  const parts = planParts(compiler, properties, types);
  const others = planOthers(compiler, properties);
  const compiled = compiler.schemas.compile(schema, 'request');
  return compiled && !properties.patterns && parts.size === properties.named.size
    ? { parts, folded: new Set([...parts.keys()].map(foldName)), others, schema: compiled }
    : null;
}

function planParts(
  compiler: Compiler,
  { named }: Properties,
  types: ReadonlyMap<string, readonly string[]>,
): Map<string, PartPlan> {
  const parts = new Map<string, PartPlan>();
  for (const [name, schemas] of named) {
    const plans = schemas.map((schema) => planPart(compiler, schema, types.get(name) ?? null));
    const plan = agreed(plans);
    if (plan) parts.set(name, plan);
    else if (!plans.includes(null)) {
      const message = `the part '${clip(name)}' is declared in several places that do not read it alike`;
      compiler.reader.log.add('CONTRACT_UNSUPPORTED', schemas[0]?.pointer ?? '', message);
    }
  }
  return parts;
}

/** A property may be declared in several branches; which of them counts is known only when it has been read. */
function agreed(plans: readonly (PartPlan | null)[]): PartPlan | null {
  const [first, ...others] = plans;
  if (!first || others.length === 0) return first ?? null;
  if (!others.every((other) => other !== null && sameReading(first, other))) return null;
  if (first.format !== 'binary') return first;
  const all = plans as readonly BinaryPart[];
  return {
    ...first,
    min_bytes: Math.max(...all.map(({ min_bytes }) => min_bytes)),
    max_bytes: Math.min(...all.map(({ max_bytes }) => max_bytes)),
  };
}

function sameReading(a: PartPlan, b: PartPlan): boolean {
  if (a.format !== b.format || a.array !== b.array || String(a.types) !== String(b.types)) return false;
  if (a.format !== 'text' || b.format !== 'text') return true;
  return a.plan.scalars.length === 1 && String(a.plan.scalars) === String(b.plan.scalars);
}

/** Parts under names of the caller's own: by the one schema for them, or, where everything may pass, as text. */
function planOthers(compiler: Compiler, { others }: Properties): PartPlan | null {
  const open = others.filter(({ value }) => value !== false);
  const [first] = open;
  if (!first || open.length < others.length) return null;
  if (first.value !== true) return planPart(compiler, first, null);
  return {
    format: 'text',
    array: false,
    types: null,
    plan: { scalars: ['string'], array: null, object: null, schemas: [] },
  };
}
