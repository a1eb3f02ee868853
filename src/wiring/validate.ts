import type { ValidateReport } from '../cli/actions.ts';
import { loadConfig } from '../config/load.ts';
import { certificatesOf, expiryWarnings } from './expiry.ts';
import { type LoadPorts, loadPlan } from './load-plan.ts';

/**
 * Loads everything a start would load, and opens nothing.
 *
 * @throws LoadError with all faults found
 */
export async function validateProject(config_path: string, ports: LoadPorts): Promise<ValidateReport> {
  const config = await loadConfig(config_path);
  const { contracts, policy, upstreams, warnings: reviews } = loadPlan(config, ports);
  await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  const operations = contracts.reduce((sum, contract) => sum + contract.operations.length, 0);
  const warnings = policy.warnings.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const notes = contracts.flatMap((contract) =>
    contract.notes.map(({ text, count, pointer }) => {
      const more = count > 1 ? ` (${count} times, this is the first)` : '';
      return `${contract.path}${pointer}: ${text}${more}`;
    }),
  );
  policy.close();
  return {
    faults: [],
    warnings: [...expiryWarnings(certificatesOf(config, ports.files), ports.now()), ...reviews, ...warnings, ...notes],
    summary: [
      counted(config.zones.length, 'zone'),
      counted(config.parties.length, 'party', 'parties'),
      counted(config.machines.length, 'machine'),
      counted(policy.policies.length, 'policy', 'policies'),
      counted(config.apis.length, 'API'),
      counted(operations, 'operation'),
    ],
  };
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
