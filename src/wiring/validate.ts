import type { ValidateReport } from '../cli/actions.ts';
import { loadConfig } from '../config/load.ts';
import { expiryWarnings } from './expiry.ts';
import { type LoadPorts, loadPlan } from './load-plan.ts';

/**
 * Loads everything a start would load, and opens nothing.
 *
 * @throws LoadError with all faults found
 */
export async function validateProject(config_path: string, ports: LoadPorts): Promise<ValidateReport> {
  const config = await loadConfig(config_path);
  const { contracts, policy, upstreams } = loadPlan(config, ports);
  await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  const operations = contracts.reduce((sum, contract) => sum + contract.operations.length, 0);
  const warnings = policy.warnings.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const notes = contracts.flatMap((contract) =>
    contract.notes.map(
      ({ keyword, pointer }) => `${contract.path}${pointer}: ${keyword} is read and has no effect at the gate`,
    ),
  );
  policy.close();
  return {
    faults: [],
    warnings: [...expiryWarnings(config, ports.now()), ...warnings, ...notes],
    summary: [
      count(config.zones.length, 'zone'),
      count(config.parties.length, 'party', 'parties'),
      count(config.machines.length, 'machine'),
      count(policy.policies.length, 'policy', 'policies'),
      count(config.apis.length, 'API'),
      count(operations, 'operation'),
    ],
  };
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
