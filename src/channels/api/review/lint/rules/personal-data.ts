import { isObject, member, members, type Node } from '../../../contract/pointer.ts';
import { facetsOf, NO_FACETS } from '../facets.ts';
import { looksPersonal } from '../personal-names.ts';
import { judged, type LintRule } from '../rule.ts';

export const personalData: LintRule = {
  id: 'personal-data',
  severity: 'loose',
  controls: ['DATA-5', 'GEN-6'],
  title: 'A field looks like personal data and does not say so',
  why: 'What is not declared is not accounted for: nobody has said what the data is for, and the guards cannot tell it from a leak.',
  fix: 'Write x-personal-data with category and purpose, or false where the name only looks like it.',
  schema({ node }, { document }) {
    const properties = member(node, 'properties');
    if (!properties || !isObject(properties.value)) return [];
    return members(properties)
      .filter(([name]) => looksPersonal(name))
      .flatMap(([name, property]) => judged(property.pointer, !isDeclared(document.root, property), message(name)));
  },
  parameter({ name, node, schema }, { document }) {
    if (!looksPersonal(name)) return [];
    const declared = isDeclared(document.root, node) || (schema !== null && isDeclared(document.root, schema));
    return judged(node.pointer, !declared, message(name));
  },
};

function isDeclared(root: unknown, node: Node): boolean {
  return facetsOf(root, node, NO_FACETS).has('x-personal-data');
}

function message(name: string): string {
  return `'${name}' looks like personal data and has no x-personal-data`;
}
