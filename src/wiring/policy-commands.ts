import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Actions } from '../cli/actions.ts';
import { loadConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';
import { explain, type PolicyEngine, parseTable, runTable } from '../core/policy/index.ts';
import { FaultCollector } from './collect.ts';
import { loadContracts, loadPolicyEngine } from './policy-model.ts';

/** Policies need registry and contracts, not keys and certificates: whoever writes them may not have those. */
async function policiesOf(config_path: string): Promise<PolicyEngine> {
  const config = await loadConfig(config_path);
  const faults = new FaultCollector();
  const contracts = loadContracts(config, faults);
  faults.raise();
  return loadPolicyEngine(config, contracts);
}

export const explainPolicy: Actions['policyExplain'] = async ({ config, machine, operation, zone }) => {
  const engine = await policiesOf(config);
  return explain(engine, { machine, operation, context: zone === null ? {} : { zone } });
};

export const testPolicies: Actions['policyTest'] = async ({ config, files, io }) => {
  const engine = await policiesOf(config);
  return files.flatMap((file) => runTable(engine, parseTable(file, readTable(resolve(io.cwd, file), file))));
};

function readTable(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LoadError([
      { code: 'CONFIG_FILE', file, message: `the table cannot be read (${code ?? 'unknown error'})` },
    ]);
  }
}
