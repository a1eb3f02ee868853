export { compileSchema, SchemaCompiler } from './compiler.ts';
export { SchemaError, type SchemaErrorReason, type SchemaFault } from './error.ts';
export { localiseReferences } from './local-references.ts';
export type {
  Accepted,
  Binding,
  CheckContext,
  CheckResult,
  CompiledSchema,
  CompilerOptions,
  Dialect,
  Direction,
  Rejected,
  SchemaNote,
  SchemaOptions,
} from './types.ts';
export { DEFAULT_MAX_STEPS } from './types.ts';
