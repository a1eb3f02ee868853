import { dirname, resolve } from 'node:path';
import { type Fault, LoadError } from '../core/errors/faults.ts';
import { isPlainHost } from '../core/resolver/config.ts';
import { findSharedKey } from './ca-key-file.ts';
import { findWritable, type ObeyedFile } from './file-modes.ts';
import type { GateConfig } from './gate-config.ts';
import { fault } from './issues.ts';
import { checkListeners } from './listeners.ts';
import { type LoadedFile, parseGateFile } from './loaded-file.ts';
import type { KeyPath } from './positions.ts';
import { checkContracts, findParties, findPolicies, type Project } from './project-files.ts';
import { readTextFile } from './read-file.ts';
import { checkReferences, type WrittenFile } from './references.ts';
import { resolveConfig, type SoundFile } from './resolve.ts';
import { entriesAt, itemsAt, textAt, valueAt } from './written.ts';

export type * from './gate-config.ts';

/** More faults than this in one load are counted, not shown. */
const MAX_FAULTS = 200;

export interface LoadOptions {
  /** Only for an example, which has to run from a clone as it was made. Default false. */
  readonly everybody_may_write?: boolean;
}

/**
 * Reads sallyport.yaml, the party files and the policy files it names, and checks that the contracts exist.
 *
 * Certificates, keys and trust bundles are not opened here (core/trust does that) and contracts are not parsed.
 *
 * @param path the configuration file, relative to the current folder or absolute; messages name files from here
 * Files that everybody on the host may write are faults too, those that are not opened here among them, and so is a key
 * of the CA in a file that is named for something else.
 *
 * @returns every default filled, paths absolute, durations in `_ms`, sizes in `_bytes`
 * @throws LoadError with every fault of the load, the configuration file's first, then by file, line and column
 */
export async function loadConfig(path: string, { everybody_may_write = false }: LoadOptions = {}): Promise<GateConfig> {
  const project: Project = { folder: dirname(resolve(path)), file: path };
  const read = await readTextFile(path);
  if (!read.ok) throw new LoadError([unreadable(path, read.problem)]);

  const gate = parseGateFile(path, read.text);
  if (gate.written === null) throw new LoadError(ordered(gate.faults, path));
  const parties = await findParties(project, gate);
  const policies = await findPolicies(project, gate);
  const faults = [
    ...gate.faults,
    ...parties.faults,
    ...policies.faults,
    ...checkReferences(gate, parties.items),
    ...checkListeners(gate),
    ...checkPlainUpstreams(gate),
    ...(await checkContracts(project, gate)),
  ];
  if (faults.length > 0) throw new LoadError(ordered(faults, path));
  const config = resolveConfig(project, sound(gate), parties.items.map(sound), policies.items);
  const matched = [...parties.items, ...policies.items].map(({ file }) => file);
  const obeyed = obeyedFiles(config, matched);
  const wrong = [
    ...(config.ca === null ? [] : await findSharedKey(config.ca, obeyed)),
    ...(everybody_may_write ? [] : await findWritable(obeyed)),
  ];
  if (wrong.length > 0) throw new LoadError(ordered(wrong, path));
  return config;
}

/** Every file that decides what the gate does, and the folder that holds what it did. */
function obeyedFiles(
  { file: gate_file, data_folder, zones, apis, traces, ca }: GateConfig,
  matched: readonly string[],
): ObeyedFile[] {
  const named = [
    ...zones.flatMap(({ listen, trust }) => [...listen.map(({ certificate }) => certificate.chain), ...trust]),
    ...apis.flatMap(({ contract, overlays, review, upstream }) => [
      contract,
      ...overlays,
      review,
      ...(upstream.trust === 'system' ? [] : [upstream.trust]),
    ]),
    ...(traces === null || traces.collector.trust === 'system' ? [] : [traces.collector.trust]),
    ...(ca === null ? [] : [ca.certificate]),
  ];
  const keys = [...zones.flatMap(({ listen }) => listen.map(({ certificate }) => certificate)), ...(ca ? [ca] : [])];
  return [
    { path: resolve(gate_file), file: gate_file, source: null, kind: 'named' },
    { path: data_folder, file: data_folder, source: null, kind: 'data' },
    ...matched.map((file) => ({ path: resolve(file), file, source: null, kind: 'matched' as const })),
    ...named.map((reference) => ({ ...reference, kind: 'named' as const })),
    ...keys.map(({ key, key_source }) => ({
      path: key.path,
      file: key.path,
      source: key_source,
      kind: 'secret' as const,
    })),
  ];
}

function unreadable(file: string, problem: string): Fault {
  const suggestion = problem === 'does not exist' ? 'make one with "sallyport init", or name it with --config' : null;
  return { code: 'CONFIG_FILE', message: `the file ${problem}`, file, ...(suggestion && { suggestion }) };
}

/** What proves an upstream has no meaning where nothing is proven; to accept it would suggest that it had. */
function checkPlainUpstreams(gate: WrittenFile): Fault[] {
  const apis = entriesAt(gate.written, ['apis']).flatMap(([id, api]) => {
    const idle = checkPlain(gate, ['apis', id, 'upstream']);
    return idle === null ? [] : [...idle, ...checkPlainEndpoints(gate, id, api)];
  });
  return [...apis, ...(checkPlain(gate, ['traces', 'collector']) ?? [])];
}

/** @returns null where this upstream is not spoken to in clear */
function checkPlain({ written, positions }: WrittenFile, at: KeyPath): Fault[] | null {
  if (!textAt(written, [...at, 'url'])?.startsWith('http:')) return null;
  return ['trust', 'server_name'].flatMap((key) => {
    const path = [...at, key];
    if (valueAt(written, path) === undefined) return [];
    return [fault('CONFIG_VALUE', 'has no effect on an http upstream', path, positions.key(path), 'remove it')];
  });
}

/** What is spoken to in clear is on this machine, wherever it is reached. */
function checkPlainEndpoints(gate: WrittenFile, id: string, api: unknown): Fault[] {
  return itemsAt(api, ['upstream', 'endpoints']).flatMap((endpoint, index) => {
    const host = textAt(endpoint, ['host']);
    if (host === null || isPlainHost(host)) return [];
    const path = ['apis', id, 'upstream', 'endpoints', index, 'host'];
    const message = 'would be reached in clear, because url is http';
    const suggestion = 'name a literal loopback address, or give url https';
    return [fault('CONFIG_VALUE', message, path, gate.positions.value(path), suggestion)];
  });
}

/** A file without faults has a value. */
function sound<Value>({ value, positions }: LoadedFile<Value>): SoundFile<Value> {
  if (value === null) throw new TypeError('a file with faults was resolved');
  return { value, positions };
}

function ordered(faults: readonly Fault[], first: string): Fault[] {
  const rank = (fault: Fault) => (fault.file === first ? 0 : 1);
  const sorted = [...faults].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      compare(left.file, right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0) ||
      compare(left.key, right.key),
  );
  if (sorted.length <= MAX_FAULTS) return sorted;
  const more = sorted.length - MAX_FAULTS;
  return [
    ...sorted.slice(0, MAX_FAULTS),
    { code: 'CONFIG_VALUE', message: `${more} more faults are not shown`, file: first },
  ];
}

function compare(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
