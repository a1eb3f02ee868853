/**
 * Checks that look across the files: does every name lead somewhere, is every id unique? They walk the values as
 * written, so that they also speak about files that have other faults, and all faults are told at once.
 */
import type { Fault } from '../core/errors/faults.ts';
import { nearest } from '../protocol/text/edit-distance.ts';
import { quote } from './display.ts';
import { fault } from './issues.ts';
import type { KeyPath, Positions, SourcePosition } from './positions.ts';
import { entriesAt, itemsAt, textAt } from './written.ts';

/** The part of a loaded file that the checks need. */
export interface WrittenFile {
  readonly written: unknown;
  readonly positions: Positions;
}

/** The names that the configuration declares. */
interface Declared {
  readonly zones: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** Trust names by zone. */
  readonly trusts: ReadonlyMap<string, ReadonlySet<string>>;
}

export function checkReferences(gate: WrittenFile, parties: readonly WrittenFile[]): Fault[] {
  const declared = declaredIn(gate);
  return [
    ...checkApis(gate, declared),
    ...checkGroups(gate, declared),
    ...checkTrustNames(gate),
    ...checkPartyIds(gate, parties),
    ...checkMachineIds(parties),
    ...parties.flatMap((party) => checkParty(party, declared)),
  ];
}

function declaredIn({ written }: WrittenFile): Declared {
  const zones = entriesAt(written, ['zones']);
  return {
    zones: new Set(zones.map(([id]) => id)),
    groups: new Set(entriesAt(written, ['groups']).map(([id]) => id)),
    trusts: new Map(zones.map(([id, zone]) => [id, new Set(entriesAt(zone, ['trust']).map(([name]) => name))])),
  };
}

function checkApis(gate: WrittenFile, { zones }: Declared): Fault[] {
  return entriesAt(gate.written, ['apis']).flatMap(([id, api]) =>
    checkNames(gate, itemsAt(api, ['zones']), ['apis', id, 'zones'], 'zone', zones),
  );
}

function checkGroups(gate: WrittenFile, { groups }: Declared): Fault[] {
  const parents = new Map(
    entriesAt(gate.written, ['groups']).map(([id, group]) => [id, texts(itemsAt(group, ['in']))]),
  );
  return [...parents].flatMap(([id, above]) => {
    const path = ['groups', id, 'in'];
    const dangling = checkNames(gate, above, path, 'group', groups);
    const around = above.findIndex((parent) => reaches(parents, parent, id));
    if (around === -1) return dangling;
    const message = `group ${quote(id)} belongs to itself through ${quote(above[around] ?? id)}`;
    return [...dangling, fault('CONFIG_VALUE', message, [...path, around], gate.positions.value([...path, around]))];
  });
}

function reaches(parents: ReadonlyMap<string, readonly string[]>, from: string, target: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === target) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(parents.get(id) ?? []));
  }
  return false;
}

/** One trust name means one file in every zone; otherwise a credential would mean two issuers. */
function checkTrustNames(gate: WrittenFile): Fault[] {
  const first = new Map<string, { zone: string; file: unknown }>();
  const faults: Fault[] = [];
  for (const [zone, value] of entriesAt(gate.written, ['zones'])) {
    for (const [name, file] of entriesAt(value, ['trust'])) {
      const path = ['zones', zone, 'trust', name];
      const other = first.get(name);
      if (other === undefined) first.set(name, { zone, file });
      else if (other.file !== file) {
        const message = `trust ${quote(name)} is another file in zone ${quote(other.zone)}`;
        faults.push(
          fault('CONFIG_DUPLICATE', message, path, gate.positions.value(path), 'give the second CA its own trust name'),
        );
      }
    }
  }
  return faults;
}

function checkPartyIds(gate: WrittenFile, parties: readonly WrittenFile[]): Fault[] {
  const taken = new Map<string, string>();
  for (const [id] of entriesAt(gate.written, ['groups'])) {
    taken.set(id, `a group at ${displayPlace(gate.positions.key(['groups', id]))}`);
  }
  return parties.flatMap(({ written, positions }) => {
    const id = textAt(written, ['party']);
    return id === null ? [] : claim(taken, id, 'party', ['party'], positions.value(['party']));
  });
}

function checkMachineIds(parties: readonly WrittenFile[]): Fault[] {
  const taken = new Map<string, string>();
  return parties.flatMap(({ written, positions }) =>
    entriesAt(written, ['machines']).flatMap(([id]) =>
      claim(taken, id, 'machine', ['machines', id], positions.key(['machines', id])),
    ),
  );
}

function claim(
  taken: Map<string, string>,
  id: string,
  kind: string,
  path: KeyPath,
  position: SourcePosition,
): readonly Fault[] {
  const owner = taken.get(id);
  if (owner === undefined) {
    taken.set(id, `a ${kind} at ${displayPlace(position)}`);
    return [];
  }
  return [
    fault(
      'CONFIG_DUPLICATE',
      `the id ${quote(id)} already names ${owner}`,
      path,
      position,
      'give one of them another id',
    ),
  ];
}

function checkParty(party: WrittenFile, declared: Declared): Fault[] {
  return [
    ...checkNames(party, itemsAt(party.written, ['groups']), ['groups'], 'group', declared.groups),
    ...entriesAt(party.written, ['machines']).flatMap(([id, machine]) => checkMachine(party, id, machine, declared)),
  ];
}

function checkMachine(party: WrittenFile, id: string, machine: unknown, declared: Declared): Fault[] {
  const path = ['machines', id];
  const own_zones = texts(itemsAt(machine, ['zones'])).filter((zone) => declared.zones.has(zone));
  const zones = own_zones.length > 0 ? own_zones : [...declared.zones];
  return [
    ...checkNames(party, itemsAt(machine, ['groups']), [...path, 'groups'], 'group', declared.groups),
    ...checkNames(party, itemsAt(machine, ['zones']), [...path, 'zones'], 'zone', declared.zones),
    ...itemsAt(machine, ['credentials']).flatMap((credential, index) => {
      const trust = textAt(credential, ['trust']);
      return trust === null ? [] : checkTrust(party, trust, [...path, 'credentials', index, 'trust'], zones, declared);
    }),
  ];
}

/** A credential whose issuer no zone of the machine trusts could never be used. */
function checkTrust(
  party: WrittenFile,
  trust: string,
  path: KeyPath,
  zones: readonly string[],
  { trusts }: Declared,
): Fault[] {
  if (zones.some((zone) => trusts.get(zone)?.has(trust))) return [];
  const all = new Set([...trusts.values()].flatMap((names) => [...names]));
  if (!all.has(trust)) return checkNames(party, [trust], path.slice(0, -1), 'trust', all, path);
  const message = `no zone of this machine trusts ${quote(trust)}`;
  const where = [...trusts].filter(([, names]) => names.has(trust)).map(([zone]) => quote(zone));
  return [fault('CONFIG_REFERENCE', message, path, party.positions.value(path), `trusted in ${where.join(', ')}`)];
}

/** One fault for each name that is not known. `path` is that of the list; `exact`, where given, that of the name. */
function checkNames(
  { positions }: WrittenFile,
  names: readonly unknown[],
  path: KeyPath,
  kind: string,
  known: ReadonlySet<string>,
  exact?: KeyPath,
): Fault[] {
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || known.has(name)) return [];
    const meant = nearest(name, known);
    const suggestion = meant
      ? `did you mean ${quote(meant)}?`
      : `known: ${known.size === 0 ? 'none' : [...known].slice(0, 20).map(quote).join(', ')}`;
    const here = exact ?? [...path, index];
    return [fault('CONFIG_REFERENCE', `there is no ${kind} ${quote(name)}`, here, positions.value(here), suggestion)];
  });
}

function texts(items: readonly unknown[]): string[] {
  return items.map((item) => (typeof item === 'string' ? item : ''));
}

function displayPlace({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}
