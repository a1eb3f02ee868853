/** The files a configuration names with patterns and paths: found, checked to exist, and read where they are small. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Fault } from '../core/errors/faults.ts';
import { quote } from './display.ts';
import type { PolicyFile } from './gate-config.ts';
import { glob } from './glob.ts';
import { fault } from './issues.ts';
import { type LoadedFile, parsePartyFile } from './loaded-file.ts';
import type { SourcePosition } from './positions.ts';
import { problemOf, readTextFile } from './read-file.ts';
import type { WrittenFile } from './references.ts';
import { gateFile, type PartyFile } from './schema.ts';
import { entriesAt, itemsAt, textAt, valueAt } from './written.ts';

/** The project: where sallyport.yaml is. */
export interface Project {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** The configuration file as the user named it. */
  readonly file: string;
}

export interface Found<Item> {
  readonly items: readonly Item[];
  readonly faults: readonly Fault[];
}

interface MatchedFile {
  readonly path: string;
  readonly file: string;
  readonly text: string;
}

/** Every party file, parsed; files with faults are among the items, for checks that look across files. */
export async function findParties(project: Project, gate: WrittenFile): Promise<Found<LoadedFile<PartyFile>>> {
  const { items, faults } = await readMatches(project, gate, 'parties');
  const parties = items.map(({ file, text }) => parsePartyFile(file, text));
  return { items: parties, faults: [...faults, ...parties.flatMap((party) => party.faults)] };
}

/** Every policy file, as text. */
export function findPolicies(project: Project, gate: WrittenFile): Promise<Found<PolicyFile>> {
  return readMatches(project, gate, 'policies');
}

/** A fault for each contract or overlay that is not there; contracts themselves are read by the API channel. */
export async function checkContracts(project: Project, gate: WrittenFile): Promise<Fault[]> {
  const named = entriesAt(gate.written, ['apis']).flatMap(([id, api]) => [
    { name: textAt(api, ['contract']), path: ['apis', id, 'contract'], what: 'OpenAPI document' },
    ...itemsAt(api, ['overlays']).map((name, index) => ({
      name: typeof name === 'string' ? name : null,
      path: ['apis', id, 'overlays', index],
      what: 'OpenAPI Overlay document',
    })),
  ]);
  const faults = named.map(async ({ name, path, what }) => {
    if (name === null || name === '' || name.includes('\0')) return [];
    const problem = await fileProblem(resolve(project.folder, name));
    if (problem === null) return [];
    const message = `the file ${quote(name)} ${problem}`;
    const suggestion = `put the ${what} there, or correct the path`;
    return [fault('CONFIG_FILE', message, path, gate.positions.value(path), suggestion)];
  });
  return (await Promise.all(faults)).flat();
}

async function fileProblem(path: string): Promise<string | null> {
  try {
    return (await stat(path)).isFile() ? null : 'is not a regular file';
  } catch (error) {
    return problemOf(error);
  }
}

async function readMatches(
  project: Project,
  gate: WrittenFile,
  key: 'parties' | 'policies',
): Promise<Found<MatchedFile>> {
  const pattern = gateFile.shape[key].safeParse(valueAt(gate.written, [key]));
  // A pattern that is not valid is already a fault of the gate file.
  if (!pattern.success) return { items: [], faults: [] };
  const position = gate.positions.value([key]);
  const { files, escapes } = await glob(project.folder, pattern.data);
  const faults = escapes.map((path) => escapeFault(path, key, position));
  if (files.length + escapes.length === 0) faults.push(nothingFound(pattern.data, key, position));
  const items: MatchedFile[] = [];
  for (const match of files) {
    const path = join(project.folder, match);
    const file = displayName(project.file, match);
    const read = await readTextFile(path);
    if (read.ok) items.push({ path, file, text: read.text });
    else faults.push({ code: 'CONFIG_FILE', message: `the file ${read.problem}`, file });
  }
  return { items, faults };
}

function escapeFault(path: string, key: string, position: SourcePosition): Fault {
  const message = `${quote(path)} leads out of the project folder through a symbolic link`;
  return fault('CONFIG_FILE', message, [key], position, 'copy the file into the project folder');
}

function nothingFound(pattern: string, key: string, position: SourcePosition): Fault {
  return fault(
    'CONFIG_FILE',
    `no file matches ${quote(pattern)}`,
    [key],
    position,
    `make a file there, or change ${key}`,
  );
}

/** A file of the project the way the user named the project's configuration. */
export function displayName(config_file: string, name: string): string {
  return name.startsWith('/') ? name : join(dirname(config_file), name);
}
