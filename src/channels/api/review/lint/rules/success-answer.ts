import { mayTellSuccess } from '../../../contract/compile-responses.ts';
import { judged, type LintRule } from '../rule.ts';

export const successAnswer: LintRule = {
  id: 'success-answer',
  severity: 'danger',
  controls: ['DATA-3', 'DATA-4'],
  title: 'An operation declares errors alone',
  why: 'The service carries it out, its answer passes under no status, and the caller is told 502: whoever then tries again does it twice.',
  fix: 'Declare what it answers when all is well, such as 200 with its schema, or 204.',
  operation({ operation: { node, responses } }) {
    // Without any answer another rule finds it.
    if (responses.length === 0) return [];
    const succeeds = responses.some(({ status }) => mayTellSuccess(status));
    return judged(node.pointer, !succeeds, 'no 2XX, 3XX or default answer');
  },
};
