import { isObject } from '../../../contract/pointer.ts';
import { judged, type LintRule } from '../rule.ts';

export const deprecatedOperation: LintRule = {
  id: 'deprecated-operation',
  severity: 'hint',
  controls: ['API-4'],
  title: 'A deprecated operation is still declared',
  why: 'What nobody is meant to call any more still stands open, and is what nobody looks after.',
  fix: 'Take it out of the contract once `sallyport contract usage` shows no calls.',
  operation({ operation: { node } }) {
    const deprecated = isObject(node.value) && node.value['deprecated'] === true;
    return judged(node.pointer, deprecated, 'the operation is deprecated');
  },
};
