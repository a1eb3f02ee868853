import type { Resource } from './resources.ts';
import type { Check } from './run.ts';

/**
 * The dynamic scope (2020-12 core 7.1): the resources entered on the way to a schema, outermost first. Only where
 * a document has `$dynamicAnchor`s is it kept, and each resource once: entering one again changes no answer.
 */
export function within(resource: Resource, check: Check): Check {
  return (run, node) => {
    if (run.scope.includes(resource)) return check(run, node);
    run.scope.push(resource);
    const valid = check(run, node);
    run.scope.pop();
    return valid;
  };
}

/**
 * `$dynamicRef` to a `$dynamicAnchor` (2020-12 core 8.2.3.2): the schema of that name in the outermost resource of
 * the dynamic scope that has one.
 *
 * @param otherwise the schema the reference leads to as it stands
 */
export function outermost(candidates: ReadonlyMap<Resource, Check>, otherwise: Check): Check {
  return (run, node) => {
    run.spend(1 + run.scope.length);
    for (const resource of run.scope) {
      const check = candidates.get(resource);
      if (check !== undefined) return check(run, node);
    }
    return otherwise(run, node);
  };
}
