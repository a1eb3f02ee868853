import { resolve } from 'node:path';
import type { Contract } from '../channels/api/contract/index.ts';
import type { Actions } from '../cli/actions.ts';
import { type GateConfig, loadConfig } from '../config/load.ts';
import { type Fault, LoadError } from '../core/errors/index.ts';
import { explain, type PolicyEngine, parseTable, runTable } from '../core/policy/index.ts';
import { FaultCollector } from './collect.ts';
import { unknownName } from './contract-source.ts';
import { loadContracts, loadPolicyEngine } from './policy-model.ts';
import { readNamedFile } from './read-text.ts';

/** Policies need registry and contracts, not keys and certificates: whoever writes them may not have those. */
async function policiesOf(config_path: string): Promise<LoadedPolicies> {
  const config = await loadConfig(config_path);
  const faults = new FaultCollector();
  const contracts = loadContracts(config, faults);
  faults.raise();
  return { config, contracts, engine: loadPolicyEngine(config, contracts) };
}

interface LoadedPolicies {
  readonly config: GateConfig;
  readonly contracts: readonly Contract[];
  readonly engine: PolicyEngine;
}

/** A name nobody has is a mistake of whoever asks, and would only look like a denial. */
export const explainPolicy: Actions['policyExplain'] = async ({ config: path, machine, operation, zone }) => {
  const { config, contracts, engine } = await policiesOf(path);
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);
  const operations = contracts.flatMap((contract) => ids(contract.operations));
  const faults = [
    ...unknownNames('machine', machine, ids(config.machines)),
    ...unknownNames('operation', operation, operations),
    ...(zone === null ? [] : unknownNames('zone', zone, ids(config.zones))),
  ];
  if (faults.length > 0) throw new LoadError(faults);
  return explain(engine, { machine, operation, context: zone === null ? {} : { zone } });
};

export const testPolicies: Actions['policyTest'] = async ({ config, files, io }) => {
  const { engine } = await policiesOf(config);
  return files.flatMap((file) => runTable(engine, parseTable(file, readNamedFile(resolve(io.cwd, file), file))));
};

function unknownNames(what: string, name: string, known: readonly string[]): Fault[] {
  return known.includes(name) ? [] : [unknownName(what, name, known)];
}
