/** OpenAPI contracts: loaded into operations, matched by path, held against requests and answers. */
export { type ContractInput, loadContract } from './load.ts';
export { buildMatcher, type Match, type Matcher, type Mount } from './matcher.ts';
export { checkParameters, type RawParameters, type RebuiltParameters } from './parameters.ts';
export { checkAcceptable, checkResponseHeaders, requestContent, responseContent, responseFor } from './responses.ts';
export type {
  BindingName,
  Bindings,
  Contract,
  ContractNote,
  Method,
  Operation,
  Parameter,
  RequestBody,
  RequestContent,
  ResponseContent,
  ResponseHeader,
  ResponsePlan,
  ResponseShape,
  Sensitivity,
  Viewer,
} from './types.ts';
