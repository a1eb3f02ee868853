import { isObject } from '../../../contract/pointer.ts';
import { found, good, type LintRule, type Mend, type SchemaPosition, type Verdict } from '../rule.ts';

const OPENERS = ['additionalProperties', 'unevaluatedProperties', 'items', 'unevaluatedItems'] as const;

export const openObject: LintRule = {
  id: 'open-object',
  severity: 'danger',
  controls: ['API-2', 'DATA-1'],
  title: 'A schema opens itself to undeclared members',
  why: 'With true as additionalProperties, unevaluatedProperties or items everything below passes unread, in both directions: mass assignment on the way in, leaks on the way out.',
  fix: 'Declare the members that are used. Where the names are free, give additionalProperties a schema and maxProperties.',
  schema(position, { isPart }) {
    const { value } = position.node;
    if (
      !isObject(value) ||
      !('properties' in value || OPENERS.some((key) => key in value) || value['type'] === 'object')
    )
      return [];
    const opener = OPENERS.find((key) => value[key] === true);
    return opener === undefined ? [good(position.node.pointer)] : [opened(position, opener, isPart)];
  },
};

function opened(
  { node, facets }: SchemaPosition,
  opener: (typeof OPENERS)[number],
  isPart: (pointer: string) => boolean,
): Verdict {
  const below = opener === 'items' || opener === 'unevaluatedItems' ? 'items' : 'members';
  return found(`${node.pointer}/${opener}`, `${opener}: true lets undeclared ${below} pass`, mend());

  /** Without declared members there is nothing to close around; as a part, `false` would refuse what others declare. */
  function mend(): Mend | null {
    if (below === 'items' || !facets.has('properties')) return null;
    const joined = isPart(node.pointer) || ['allOf', 'anyOf', 'oneOf'].some((key) => facets.has(key));
    if (joined) return { pointer: `${node.pointer}/${opener}`, update: null };
    return { pointer: node.pointer, update: { [opener]: false } };
  }
}
