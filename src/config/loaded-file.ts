import type { Fault } from '../core/errors/faults.ts';
import { faultsOfIssues } from './issues.ts';
import { jsonSchema, type SchemaName } from './json-schema.ts';
import type { Positions } from './positions.ts';
import { type GateFile, gateFile, type PartyFile, partyFile } from './schema.ts';
import { readYaml } from './yaml.ts';

/** One file after reading: what it holds as written, what the schema made of it, and what is wrong. */
export interface LoadedFile<Value> {
  /** The file as the user named it. */
  readonly file: string;
  /** The mapping as written, for checks that must also run on a file with faults; null when it is none. */
  readonly written: unknown;
  /** Null when the file has faults. */
  readonly value: Value | null;
  readonly positions: Positions;
  readonly faults: readonly Fault[];
}

export function parseGateFile(file: string, text: string): LoadedFile<GateFile> {
  return parseFile(file, text, 'gate', (value) => gateFile.safeParse(value));
}

export function parsePartyFile(file: string, text: string): LoadedFile<PartyFile> {
  return parseFile(file, text, 'party', (value) => partyFile.safeParse(value));
}

type Outcome<Value> =
  | { success: true; data: Value }
  | { success: false; error: { issues: Parameters<typeof faultsOfIssues>[0] } };

function parseFile<Value>(
  file: string,
  text: string,
  name: SchemaName,
  parse: (value: unknown) => Outcome<Value>,
): LoadedFile<Value> {
  const { value: written, positions, faults } = readYaml(file, text);
  if (faults.some((fault) => fault.code === 'CONFIG_SYNTAX')) {
    return { file, written: null, value: null, positions, faults };
  }
  if (written === null) {
    const empty: Fault = { code: 'CONFIG_MISSING', message: 'the file is empty', file };
    return { file, written, value: null, positions, faults: [...faults, empty] };
  }
  const parsed = parse(written);
  if (parsed.success) return { file, written, value: faults.length === 0 ? parsed.data : null, positions, faults };
  const context = { value: written, schema: jsonSchema(name), positions };
  const all = [...faults, ...faultsOfIssues(parsed.error.issues, context)];
  return { file, written: isMapping(written) ? written : null, value: null, positions, faults: all };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
