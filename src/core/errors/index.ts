export { CODES, PROBLEMS, type ProblemType, type RefusalCode, STEPS, type StepName } from './codes.ts';
export { FAULTS, type Fault, type FaultCode, formatFault, LoadError } from './faults.ts';
export { ISSUE_CODES, type IssueCode } from './issue-codes.ts';
export { Refusal, type RefusalDetail } from './refusal.ts';
