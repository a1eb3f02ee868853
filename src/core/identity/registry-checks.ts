import type { Fault, FaultCode } from '../errors/faults.ts';
import { type Credential, credentialKey, describeCredential, judgeCredential } from './credentials.ts';
import type { MachineInput, RegistryInput, Source } from './registry-input.ts';

/** All that can be wrong with a registry but for circles of groups. */
export function checkRegistry(input: RegistryInput): Fault[] {
  return [
    ...checkUnique('party', input.parties),
    ...checkUnique('group', input.groups),
    ...checkUnique('machine', input.machines),
    ...checkReferences(input),
    ...input.machines.flatMap((machine) => checkCredentialValues(machine)),
    ...checkSharedCredentials(input.machines),
  ];
}

function checkUnique(kind: string, items: readonly { readonly id: string; readonly source?: Source }[]): Fault[] {
  const seen = new Set<string>();
  return items.flatMap(({ id, source }) => {
    if (seen.has(id))
      return fault('CONFIG_DUPLICATE', `${kind} ${id} stands twice`, source, `Give each ${kind} its own id.`);
    seen.add(id);
    return [];
  });
}

function checkReferences(input: RegistryInput): Fault[] {
  const groups = new Set(input.groups.map((group) => group.id));
  const parties = new Set(input.parties.map((party) => party.id));
  const zones = new Set(input.zones);
  const trusts = new Set(input.trusts);
  const missing = (who: string, kind: string, ids: readonly string[], known: ReadonlySet<string>, source?: Source) =>
    ids
      .filter((id) => !known.has(id))
      .flatMap((id) => fault('CONFIG_REFERENCE', `${who} refers to ${kind} ${id}, which does not exist`, source));
  return [
    ...input.groups.flatMap(({ id, parents, source }) => missing(`group ${id}`, 'group', parents, groups, source)),
    ...input.parties.flatMap((party) => missing(`party ${party.id}`, 'group', party.groups, groups, party.source)),
    ...input.machines.flatMap((machine) => {
      const who = `machine ${machine.id}`;
      return [
        ...missing(who, 'party', [machine.party], parties, machine.source),
        ...missing(who, 'group', machine.groups, groups, machine.source),
        ...missing(who, 'zone', machine.zones ?? [], zones, machine.source),
        ...missing(who, 'trust', machine.credentials.flatMap(trustOf), trusts, machine.source),
      ];
    }),
  ];
}

function trustOf(credential: Credential): string[] {
  return 'trust' in credential ? [credential.trust] : [];
}

function checkCredentialValues(machine: MachineInput): Fault[] {
  return machine.credentials.flatMap((credential) => {
    const problem = judgeCredential(credential);
    if (problem === null) return [];
    return fault(
      'CONFIG_VALUE',
      `machine ${machine.id}, ${describeCredential(credential)}: ${problem}`,
      machine.source,
    );
  });
}

/** A credential names one machine: otherwise who came would depend on the order of files. */
function checkSharedCredentials(machines: readonly MachineInput[]): Fault[] {
  const owners = new Map<string, string>();
  return machines.flatMap((machine) =>
    machine.credentials.flatMap((credential) => {
      const key = credentialKey(credential);
      const owner = owners.get(key);
      owners.set(key, owner ?? machine.id);
      if (owner === undefined) return [];
      const whose =
        owner === machine.id ? `stands twice on machine ${owner}` : `stands on machines ${owner} and ${machine.id}`;
      return fault('CONFIG_DUPLICATE', `the credential ${describeCredential(credential)} ${whose}`, machine.source);
    }),
  );
}

function fault(code: FaultCode, message: string, source?: Source, suggestion?: string): Fault[] {
  return [{ code, message, ...(source ?? {}), ...(suggestion === undefined ? {} : { suggestion }) }];
}
