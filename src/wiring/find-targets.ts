/** What a check is pointed at: words of the command line, lists in files, the endpoints of a configuration. */
import { resolve } from 'node:path';
import { parseTarget, type Target } from '../check/target.ts';
import { MAX_TARGETS, parseTargetList } from '../check/target-list.ts';
import type { CheckActions } from '../cli/check-actions.ts';
import { loadConfig } from '../config/load.ts';
import { readTextFile } from '../config/read-file.ts';
import { type Fault, LoadError } from '../core/errors/faults.ts';
import { endpointsOf } from './config-endpoints.ts';
import { readRoots } from './read-roots.ts';

/** @throws LoadError with what is wrong with the files of roots, or with every word and line that is no target, and what a load of the configuration finds wrong */
export const findTargets: CheckActions['findTargets'] = async ({ words, config, ca, cwd }) => {
  const roots = await readRoots(ca, cwd);
  const trusting = (target: Target): Target => ({ ...target, roots: [...target.roots, ...roots] });
  const faults: Fault[] = [];
  const targets: Target[] = [];
  for (const word of words) {
    if (word.startsWith('@')) targets.push(...(await listed(word.slice(1), cwd, faults)));
    else targets.push(...written(word, faults));
  }
  if (faults.length > 0) throw new LoadError(faults);
  if (config === null) return { targets: targets.map(trusting), left_out: [] };
  const loaded = await loadConfig(config).catch((error: unknown) => {
    throw words.length === 0 && error instanceof LoadError ? wantingTargets(error, config) : error;
  });
  const { targets: named, left_out } = await endpointsOf(loaded);
  return { targets: [...targets, ...named].map(trusting), left_out };
};

/** Who named no target may not have meant a configuration at all. */
function wantingTargets({ faults }: LoadError, config: string): LoadError {
  const suggestion = 'name a target, such as api.example.org, or a configuration with --config';
  const isMissing = ({ code, file, message }: Fault) =>
    code === 'CONFIG_FILE' && file === config && message === 'the file does not exist';
  return new LoadError(faults.map((fault) => (isMissing(fault) ? { ...fault, suggestion } : fault)));
}

const FORMS =
  'A target is name:port, address:port, [IPv6 address]:port or scheme://name, with a scheme such as https or smtp';

function written(word: string, faults: Fault[]): Target[] {
  const target = parseTarget(word);
  if (target !== null) return [target];
  faults.push({ code: 'CHECK_TARGET', message: `${JSON.stringify(word)} is no target`, suggestion: FORMS });
  return [];
}

/** Faults that are shown of one list. */
const SHOWN_FAULTS = 20;

async function listed(file: string, cwd: string, faults: Fault[]): Promise<readonly Target[]> {
  const read = await readTextFile(resolve(cwd, file));
  if (!read.ok) {
    faults.push({ code: 'CONFIG_FILE', message: `the list of targets ${read.problem}`, file });
    return [];
  }
  const { targets, bad_lines } = parseTargetList(read.text, file);
  for (const line of bad_lines.slice(0, SHOWN_FAULTS)) {
    faults.push({ code: 'CHECK_TARGET', message: 'the line is no target', file, line, suggestion: FORMS });
  }
  if (targets.length > MAX_TARGETS) {
    const message = `the list has ${targets.length} targets, ${MAX_TARGETS} at most are checked at once`;
    faults.push({ code: 'CHECK_TARGET', message, file, suggestion: 'Split the list' });
  }
  return targets;
}
