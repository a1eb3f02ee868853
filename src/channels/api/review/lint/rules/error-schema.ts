import { judged, type LintRule } from '../rule.ts';

export const errorSchema: LintRule = {
  id: 'error-schema',
  severity: 'hint',
  controls: ['DATA-4'],
  title: 'An error is declared without a body',
  why: 'The body the service sends with it has no schema, so the whole answer is refused.',
  fix: 'Give it a schema, best that of RFC 9457 problems, or make sure the service sends none.',
  operation({ operation }) {
    return operation.responses
      .filter(({ status }) => /^[45]/.test(status))
      .flatMap(({ status, node, content }) => judged(node.pointer, content.length === 0, `${status} has no content`));
  },
};
