import type { JsonParser } from '../../../protocol/json/index.ts';
import type { ContractReader } from './reader.ts';
import type { SchemaLibrary } from './schemas.ts';

/** What a loader carries from one part of a contract to the next. */
export interface Compiler {
  readonly reader: ContractReader;
  readonly schemas: SchemaLibrary;
  readonly parser: JsonParser;
}
