import { facetsOf, NO_FACETS } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

const OWNER =
  /^(?:user|account|customer|client|tenant|party|partner|supplier|vendor|member|owner|org|organi[sz]ation|company|merchant|person|patient|employee|subscriber)(?:[_-]?(?:id|no|number|code|name|login))?$/i;

export const unboundOwner: LintRule = {
  id: 'unbound-owner',
  severity: 'hint',
  controls: ['AUTHZ-2'],
  title: 'A caller may say who it is',
  why: 'The parameter names an owner, and any caller may write any name: only the service stands between one party and the data of another.',
  fix: 'Write x-bind: principal.party (or .machine) where the value is the caller itself.',
  parameter({ in: place, name, node, schema }, { document }) {
    if ((place !== 'path' && place !== 'query') || !OWNER.test(name)) return [];
    const holders = [node, ...(schema ? [schema] : [])];
    const bound = holders.some((holder) => facetsOf(document.root, holder, NO_FACETS).has('x-bind'));
    return judged(node.pointer, !bound, `'${name}' is not bound to the caller`);
  },
};
