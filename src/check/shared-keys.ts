import type { ReportTail, TargetReport } from './report/report.ts';

/** Targets that are one machine, as far as anybody can see: they share a name or an address. */
interface Machine {
  readonly hosts: Set<string>;
  readonly addresses: Set<string>;
  readonly targets: Set<string>;
}

/** More keys than the longest list of targets has; and machines of one key that are told apart. */
const MAX_KEYS = 50_000;
const MAX_MACHINES = 100;

/** Keys that several machines have: who takes one of them has all (TLS-8 of the guidance). */
export class SharedKeys {
  readonly #machines = new Map<string, Machine[]>();

  /** To be told of each report once. */
  add({ host, address, target, tls }: TargetReport): void {
    if (address === null || tls === null) return;
    const keys = tls.chains.map(({ certificates: [leaf] }) => leaf?.details?.key_sha256 ?? '');
    for (const key of new Set(keys)) {
      if (key !== '')
        this.#addTo(key, { hosts: new Set([host]), addresses: new Set([address]), targets: new Set([target]) });
    }
  }

  #addTo(key: string, one: Machine): void {
    const known = this.#machines.get(key) ?? [];
    const same = known.filter((other) => isSame(one, other));
    const others = known.filter((other) => !same.includes(other));
    if (same.length === 0 && (others.length >= MAX_MACHINES || this.#machines.size >= MAX_KEYS)) return;
    this.#machines.set(key, [...others, [...same, one].reduce(merged)]);
  }

  /** A finding for each key that more than one machine has, with the targets concerned. */
  found(): ReportTail['across'] {
    return [...this.#machines.values()]
      .filter(({ length }) => length > 1)
      .map((machines) => ({
        rule: 'tls/shared-key',
        control: 'TLS-8',
        verdict: 'warn',
        known: false,
        message: 'several machines have one private key: who takes it from one of them is all of them',
        targets: machines.flatMap(({ targets }) => [...targets]),
      }));
  }
}

function isSame(one: Machine, other: Machine): boolean {
  return !one.hosts.isDisjointFrom(other.hosts) || !one.addresses.isDisjointFrom(other.addresses);
}

function merged(one: Machine, other: Machine): Machine {
  return {
    hosts: one.hosts.union(other.hosts),
    addresses: one.addresses.union(other.addresses),
    targets: one.targets.union(other.targets),
  };
}
