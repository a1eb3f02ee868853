import { judged, type LintRule } from '../rule.ts';

const CLEAN = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;

export const unnamedOperation: LintRule = {
  id: 'unnamed-operation',
  severity: 'hint',
  controls: ['AUTHZ-1', 'API-1'],
  title: 'An operation without a name of its own',
  why: 'Policies, records and reviews name operations. A name made from method and path changes with the path, and the policies that meant it mean nothing.',
  fix: 'Write an operationId of letters, digits, dots, slashes, hyphens and underscores.',
  operation({ operation: { name, node } }) {
    return judged(node.pointer, !CLEAN.test(name), 'the operation has no operationId that can be used as it is');
  },
};
