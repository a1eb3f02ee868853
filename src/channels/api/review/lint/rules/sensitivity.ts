import { isObject, member, type Node } from '../../../contract/pointer.ts';
import { contentOf, follow } from '../../document.ts';
import { schemaParts } from '../../schema-parts.ts';
import { looksPersonal } from '../personal-names.ts';
import { judged, type LintRule, type OperationUse } from '../rule.ts';

/** Far enough to see what an answer is about, near enough to be quick in a description of any size. */
const MAX_DEPTH = 4;

export const sensitivity: LintRule = {
  id: 'sensitivity',
  severity: 'loose',
  controls: ['API-5', 'DATA-5'],
  title: 'An operation with personal data does not say how sensitive it is',
  why: 'Without x-sensitivity it counts as normal, and policies that ask for more where it is high never ask here.',
  fix: 'Write x-sensitivity on the operation, its path item or the document: low, normal or high.',
  operation(use) {
    const { operation, document } = use;
    const root: Node = { value: document.root, pointer: '' };
    if (!carriesPersonalData(use)) return [];
    const stated = [operation.node, operation.item, root].some((holder) => member(holder, 'x-sensitivity') !== null);
    return judged(operation.node.pointer, !stated, 'the operation carries personal data and has no x-sensitivity');
  },
};

function carriesPersonalData({ operation: { parameters, body, responses }, document }: OperationUse): boolean {
  const seen = new Set<string>();
  const contents = [...(body ? contentOf(body) : []), ...responses.flatMap(({ content }) => content)];
  return (
    parameters.some(
      ({ name, node, schema }) => isPersonal(name, node) || (schema !== null && isPersonal('', schema)),
    ) || contents.some(({ schema }) => schema !== null && holds(document.root, schema, seen, MAX_DEPTH))
  );
}

function holds(root: unknown, declared: Node, seen: Set<string>, depth: number): boolean {
  const node = follow(root, declared);
  if (node === null || depth < 0 || seen.has(node.pointer)) return false;
  seen.add(node.pointer);
  return schemaParts(node).some(
    (part) => isPersonal(part.name ?? '', part.node) || holds(root, part.node, seen, depth - 1),
  );
}

/** Declared so, or named so and not declared to be something else. */
function isPersonal(name: string, { value }: Node): boolean {
  const declared = isObject(value) ? value['x-personal-data'] : undefined;
  return declared === undefined ? looksPersonal(name) : declared !== false;
}
