import { member } from '../../../contract/pointer.ts';
import { follow, type ReviewedOperation } from '../../document.ts';
import { facetsOf, NO_FACETS, typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

const PAGING =
  /^(?:\$?(?:limit|top|skip|offset|page|first|last|after|before|since|cursor|count|size|max|maximum|rows)|.*(?:page|per_?page|cursor|offset|limit|page_?size|max_?results|page_?token).*)$/i;
/** Names under which lists are usually wrapped. */
const LISTS = ['items', 'data', 'results', 'values', 'records', 'entries', 'rows', 'content'];

export const paging: LintRule = {
  id: 'paging',
  severity: 'hint',
  controls: ['API-3', 'DATA-6'],
  title: 'A collection without pages',
  why: 'One call hands out everything there is, today and when there is a thousand times more.',
  fix: 'Declare a parameter for the size of a page and one for where it begins, and maxItems for the answer.',
  operation({ operation, document }) {
    if (operation.method !== 'GET' || !answersList(operation, document.root)) return [];
    const pages = operation.parameters.some((parameter) => parameter.in === 'query' && PAGING.test(parameter.name));
    return judged(operation.node.pointer, !pages, 'the answer is a list, and no parameter says how much of it');
  },
};

function answersList({ responses }: ReviewedOperation, root: unknown): boolean {
  return responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content)
    .some(({ schema }) => {
      const node = schema && follow(root, schema);
      if (!node) return false;
      if (typesOf(facetsOf(root, node, NO_FACETS)).has('array')) return true;
      const properties = member(node, 'properties');
      return LISTS.some((name) => {
        const list = properties && member(properties, name);
        return list !== null && typesOf(facetsOf(root, list, NO_FACETS)).has('array');
      });
    });
}
