export {
  exampleContext,
  type PartialContext,
  type PolicyContext,
  type PreparedContext,
  prepareContext,
} from './context.ts';
export type { Decision, PolicyEngine, PolicyRequest } from './engine.ts';
export {
  type ClauseOutcome,
  type ExplainQuestion,
  type Explanation,
  explain,
  memberships,
  type NearPermit,
  type PolicyPlace,
} from './explain.ts';
export { DEFAULT_POLICY_LIMITS, loadPolicies, type PolicyInput, type PolicyLimits } from './load.ts';
export { actionOf, type PolicyModel, SENSITIVITIES, type Sensitivity } from './model.ts';
export { describeSchema, POLICY_SCHEMA } from './schema.ts';
export type { PolicyFile, PolicySource, PolicyWarning } from './source.ts';
export { type CaseResult, type PolicyCase, parseTable, runTable } from './table.ts';
