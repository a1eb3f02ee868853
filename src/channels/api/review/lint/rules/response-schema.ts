import { member } from '../../../contract/pointer.ts';
import { judged, type LintRule } from '../rule.ts';

export const responseSchema: LintRule = {
  id: 'response-schema',
  severity: 'danger',
  controls: ['DATA-3'],
  title: 'An answer has no schema',
  why: 'Nothing says what may leave. The gate does not load such a contract.',
  fix: 'Write the schema of the content, or take the content away where the answer has no body.',
  operation({ operation }) {
    const contents = operation.responses.flatMap(({ content }) => content);
    return [
      ...judged(operation.node.pointer, operation.responses.length === 0, 'the operation declares no answer'),
      ...contents.flatMap(({ media_type, node }) =>
        judged(node.pointer, member(node, 'schema') === null, `${media_type} has no schema`),
      ),
    ];
  },
};
