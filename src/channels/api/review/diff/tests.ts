import { isObject } from '../../contract/pointer.ts';
import type { Sides } from './assertions.ts';
import type { BothShapes } from './branches.ts';
import type { Report } from './change.ts';
import { nodesOf } from './view.ts';

/** Keywords that are compared one by one elsewhere, or assert nothing. */
const COMPARED_OR_WORDS = new Set([
  ...['$ref', 'allOf', 'anyOf', 'oneOf', 'type', 'nullable', 'enum', 'const', 'format', 'pattern', 'multipleOf'],
  ...['maxLength', 'minLength', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties'],
  ...['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'required', 'properties', 'patternProperties'],
  ...['additionalProperties', 'unevaluatedProperties', 'items', 'unevaluatedItems', 'prefixItems'],
  ...['readOnly', 'writeOnly', 'x-bind', 'x-views'],
  ...['title', 'description', 'default', 'example', 'examples', 'deprecated', 'externalDocs', 'xml', '$comment'],
  ...['$defs', 'definitions', '$schema', '$id', '$anchor', '$vocabulary', 'summary', 'x-personal-data'],
]);

/**
 * Keywords that test a value in ways which cannot be compared, such as `not` and `if`: the same or not. Whatever is not
 * known here counts as one of them, so that nothing new slips through unseen.
 */
export function compareTests({ before, after }: Sides, shapes: BothShapes, report: Report): void {
  const keywords = new Set(
    [...before.nodes, ...after.nodes].flatMap(({ value }) =>
      isObject(value) ? Object.keys(value).filter((key) => !COMPARED_OR_WORDS.has(key) && !key.startsWith('x-')) : [],
    ),
  );
  for (const keyword of keywords) {
    const was = nodesOf(before, keyword);
    const is = nodesOf(after, keyword);
    if (was.length === 0) report('impossible', 'test-added', keyword);
    else if (is.length === 0) report('possible', 'test-removed', `${keyword} no more`);
    else if (shapes.before.digestOf(was) !== shapes.after.digestOf(is)) {
      report('possible', 'test-uncompared', `${keyword} is another, and cannot be compared`);
    }
  }
}
