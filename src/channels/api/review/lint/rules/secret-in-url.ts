import { judged, type LintRule } from '../rule.ts';

const SECRET =
  /(?:^|[_-])(?:password|passwd|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential|session[_-]?id|otp|cvv|ssn)s?$/;
/** Marks of places in a list, which are called tokens too. */
const PLACE = /(?:page|next|previous|prev|continuation|cursor|sync|skip)[_-]?token$/;

export const secretInUrl: LintRule = {
  id: 'secret-in-url',
  severity: 'danger',
  controls: ['LOG-5', 'AUTHN-2'],
  title: 'A secret in a path or query',
  why: 'Addresses stand in logs, histories and caches on the way; the gate keeps them out of its records, others do not.',
  fix: 'Send it in a header or in the body. Where the parameter is no secret, give it another name.',
  parameter({ in: place, name, node }) {
    if (place !== 'query' && place !== 'path') return [];
    const plain = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
    return judged(node.pointer, SECRET.test(plain) && !PLACE.test(plain), `'${name}' looks like a secret`);
  },
};
