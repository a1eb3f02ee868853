import { isObject, type Node } from '../../../contract/pointer.ts';
import { follow } from '../../document.ts';
import { schemaParts } from '../../schema-parts.ts';
import { typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

/** Beside one of these, names that no `properties` declares may pass. */
const OPENERS = ['additionalProperties', 'unevaluatedProperties', 'patternProperties', '$dynamicRef'] as const;
const SHOWN_NAMES = 3;

export const undeclaredRequired: LintRule = {
  id: 'undeclared-required',
  severity: 'danger',
  controls: ['API-2', 'DATA-1'],
  title: 'An object requires what it does not declare',
  why: 'What no properties declare is refused in requests and cut from answers: no request can be sent, and every answer becomes a 502.',
  fix: 'Declare the name under properties, or take it out of required.',
  schema({ node, facets, whole }, { document: { root }, isPart }) {
    const types = typesOf(facets);
    // A part is judged with its holder, whose names count for it.
    if (!whole || isPart(node.pointer) || (types.size > 0 && !types.has('object'))) return [];
    const parts = partsOf(root, node);
    if (parts === null || parts.some(isOpen)) return [];
    const declared = new Set(
      parts.flatMap(({ value }) => (isObject(value['properties']) ? Object.keys(value['properties']) : [])),
    );
    return parts.flatMap(({ value, pointer }) => {
      const names = requiredNames(value);
      const missing = names.filter((name) => !declared.has(name));
      return names.length === 0 ? [] : judged(`${pointer}/required`, missing.length > 0, told(missing));
    });
  },
};

interface Part {
  readonly value: Readonly<Record<string, unknown>>;
  readonly pointer: string;
}

/**
 * The schema and all its parts and alternatives: what one of them declares counts for all, so that whatever is found is
 * declared nowhere. Null where a reference leads nowhere.
 */
function partsOf(root: unknown, start: Node): Part[] | null {
  const parts = new Map<string, Part>();
  const waiting = [start];
  for (let declared = waiting.pop(); declared; declared = waiting.pop()) {
    const target = follow(root, declared);
    if (target === null) return null;
    // Beside a reference of OpenAPI 3.1 keywords may stand, and hold as well.
    for (const { value, pointer } of new Set([declared, target])) {
      if (!isObject(value) || parts.has(pointer)) continue;
      parts.set(pointer, { value, pointer });
      const inside = schemaParts({ value, pointer }).filter(({ kind }) => kind === 'all' || kind === 'branch');
      waiting.push(...inside.map((part) => part.node));
    }
  }
  return [...parts.values()];
}

function isOpen({ value }: Part): boolean {
  return OPENERS.some((keyword) => value[keyword] !== undefined && value[keyword] !== false);
}

function requiredNames(value: Part['value']): string[] {
  const { required } = value;
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

function told(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map((name) => `'${name}'`);
  const more = names.length - shown.length;
  return `required and declared by no properties: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
