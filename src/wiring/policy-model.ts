import { type Contract, loadContract } from '../channels/api/contract/index.ts';
import type { GateConfig } from '../config/load.ts';
import { loadPolicies, type PolicyEngine } from '../core/policy/index.ts';
import type { FaultCollector } from './collect.ts';
import { readContractTexts } from './contract-texts.ts';
import type { ProjectFiles } from './project-files.ts';

/** Loads the contract of every API; those with faults are left out and the faults kept. */
export function loadContracts(config: GateConfig, faults: FaultCollector, files?: ProjectFiles): Contract[] {
  const viewers = new Set([...config.parties, ...config.groups].map(({ id }) => id));
  return config.apis.flatMap((api) => {
    const contract = faults.try(() => {
      const { contract: description, overlays } = readContractTexts(api, files);
      return loadContract({
        api: api.id,
        ...description,
        overlays,
        viewers,
        bounds: api.limits,
        guards: api.guards,
      });
    });
    return contract ? [contract] : [];
  });
}

/**
 * The policies of a configuration over its registry and contracts.
 *
 * @param validated whether they were before, all of it as it is now
 */
export function loadPolicyEngine(config: GateConfig, contracts: readonly Contract[], validated = false): PolicyEngine {
  const operations = contracts.flatMap((contract) => contract.operations);
  return loadPolicies({
    validated,
    files: config.policies.map(({ file, text }) => ({ path: file, text })),
    model: {
      groups: config.groups,
      parties: config.parties,
      machines: config.machines,
      trusts: [...new Set(config.zones.flatMap((zone) => zone.trust.map(({ name }) => name)))],
      zones: config.zones.map(({ id }) => id),
      apis: config.apis,
      operations: operations.map(({ id, api, method, template, sensitivity, tags }) => ({
        id,
        api,
        method,
        path: template,
        sensitivity,
        tags,
      })),
    },
  });
}
