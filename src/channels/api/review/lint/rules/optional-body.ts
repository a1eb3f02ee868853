import { isObject } from '../../../contract/pointer.ts';
import { judged, type LintRule } from '../rule.ts';

export const optionalBody: LintRule = {
  id: 'optional-body',
  severity: 'hint',
  controls: ['API-2'],
  title: 'A body that may be left out',
  why: 'Without required: true the same operation also runs with no body at all, unseen by every required of its schema.',
  fix: 'Write required: true in the requestBody, unless the operation means something without one.',
  operation({ operation: { method, body } }) {
    if (body === null || !['PUT', 'POST', 'PATCH'].includes(method)) return [];
    const required = isObject(body.value) && body.value['required'] === true;
    return judged(body.pointer, !required, 'the body is not required');
  },
};
