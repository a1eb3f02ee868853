/** How a keyword holds schemas: one, a list of them, or schemas by names that are chosen freely. */
export type Holding = 'one' | 'list' | 'named';

/**
 * Every keyword with schemas behind it that the compiler applies or that references lead to (2020-12 core 8.2.4, 10 and
 * 11; `dependencies` and `definitions` of the drafts before it). Who walks schemas asks here, so that no walk misses a
 * keyword that another knows.
 */
export const SUBSCHEMAS: ReadonlyMap<string, Holding> = new Map<string, Holding>([
  ['properties', 'named'],
  ['patternProperties', 'named'],
  ['additionalProperties', 'one'],
  ['unevaluatedProperties', 'one'],
  ['propertyNames', 'one'],
  ['dependentSchemas', 'named'],
  ['dependencies', 'named'],
  ['prefixItems', 'list'],
  ['items', 'one'],
  ['unevaluatedItems', 'one'],
  ['contains', 'one'],
  ['allOf', 'list'],
  ['anyOf', 'list'],
  ['oneOf', 'list'],
  ['not', 'one'],
  ['if', 'one'],
  ['then', 'one'],
  ['else', 'one'],
  ['$defs', 'named'],
  ['definitions', 'named'],
]);

/** Those keywords that hold schemas in this way. */
export function keywordsHolding(holding: Holding): string[] {
  return [...SUBSCHEMAS].filter(([, each]) => each === holding).map(([keyword]) => keyword);
}
