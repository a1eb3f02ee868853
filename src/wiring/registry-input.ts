import type { GateConfig } from '../config/load.ts';
import type { RegistryInput } from '../core/identity/index.ts';

/** The identities of a configuration in the registry's words. */
export function registryInput(config: GateConfig): RegistryInput {
  return {
    parties: config.parties,
    groups: config.groups,
    machines: config.machines.map(({ zones, ...machine }) => ({ ...machine, ...(zones === null ? {} : { zones }) })),
    trusts: [...new Set(config.zones.flatMap((zone) => zone.trust.map(({ name }) => name)))],
    zones: config.zones.map(({ id }) => id),
  };
}
