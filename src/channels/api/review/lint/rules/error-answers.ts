import { judged, type LintRule } from '../rule.ts';

export const errorAnswers: LintRule = {
  id: 'error-answers',
  severity: 'loose',
  controls: ['DATA-4'],
  title: 'An operation declares no errors',
  why: 'Every error of the service becomes a 502 for the caller, who cannot tell a mistake of its own from a failure.',
  fix: 'Declare the 4XX answers that are meant for callers, with a schema. A default takes in whatever is left.',
  operation({ operation }) {
    const declared = operation.responses.some(({ status }) => /^[45]/.test(status) || status === 'default');
    return judged(operation.node.pointer, !declared, 'no 4XX, 5XX or default answer');
  },
};
