export { compileSchema, SchemaCompiler } from './compiler.ts';
export { SchemaError, type SchemaErrorReason, type SchemaFault } from './error.ts';
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
  SchemaOptions,
} from './types.ts';
