export {
  type Called,
  type Caller,
  Exchange,
  type UpstreamFacts,
  type Verdict,
} from './exchange.ts';
export { intentRecord, outcomeRecord } from './record.ts';
export { type Trace, traceFrom, traceparent } from './trace.ts';
export { createIdSource, type FillRandom, type IdSource } from './uuid7.ts';
export { type Step, type Steps, type WalkPorts, walk } from './walk.ts';
