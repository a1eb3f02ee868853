import type { LintRule } from './rule.ts';
import { arrayLength } from './rules/array-length.ts';
import { deprecatedOperation } from './rules/deprecated-operation.ts';
import { emptySchema } from './rules/empty-schema.ts';
import { errorAnswers } from './rules/error-answers.ts';
import { errorSchema } from './rules/error-schema.ts';
import { freeQuery } from './rules/free-query.ts';
import { mapSize } from './rules/map-size.ts';
import { mediaTypes } from './rules/media-types.ts';
import { numberRange } from './rules/number-range.ts';
import { openObject } from './rules/open-object.ts';
import { optionalBody } from './rules/optional-body.ts';
import { paging } from './rules/paging.ts';
import { pathText } from './rules/path-text.ts';
import { permissivePattern } from './rules/permissive-pattern.ts';
import { personalData } from './rules/personal-data.ts';
import { plainServer } from './rules/plain-server.ts';
import { responseSchema } from './rules/response-schema.ts';
import { safeMethod } from './rules/safe-method.ts';
import { secretInExample } from './rules/secret-in-example.ts';
import { secretInUrl } from './rules/secret-in-url.ts';
import { sensitivity } from './rules/sensitivity.ts';
import { sequentialId } from './rules/sequential-id.ts';
import { stringLength } from './rules/string-length.ts';
import { successAnswer } from './rules/success-answer.ts';
import { unboundOwner } from './rules/unbound-owner.ts';
import { undeclaredRequired } from './rules/undeclared-required.ts';
import { unnamedOperation } from './rules/unnamed-operation.ts';
import { unusedComponent } from './rules/unused-component.ts';

/** Every rule, the gravest first. */
export const LINT_RULES: readonly LintRule[] = [
  openObject,
  responseSchema,
  successAnswer,
  undeclaredRequired,
  freeQuery,
  safeMethod,
  secretInUrl,
  secretInExample,
  plainServer,
  emptySchema,
  stringLength,
  numberRange,
  arrayLength,
  mapSize,
  permissivePattern,
  pathText,
  sequentialId,
  errorAnswers,
  personalData,
  sensitivity,
  unboundOwner,
  errorSchema,
  mediaTypes,
  optionalBody,
  paging,
  deprecatedOperation,
  unnamedOperation,
  unusedComponent,
];
