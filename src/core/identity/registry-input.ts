import type { Credential } from './credentials.ts';

/** Where an item stands in the user's files; line and column are 1-based. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface GroupInput {
  readonly id: string;
  /** Groups this one is a part of. */
  readonly parents: readonly string[];
  readonly source?: Source;
}

export interface PartyInput {
  readonly id: string;
  readonly groups: readonly string[];
  readonly suspended: boolean;
  readonly source: Source;
}

export interface MachineInput {
  readonly id: string;
  readonly party: string;
  readonly groups: readonly string[];
  /** Zones the machine may enter by; all where absent. An empty list is no zone. */
  readonly zones?: readonly string[];
  readonly suspended: boolean;
  readonly credentials: readonly Credential[];
  readonly source: Source;
}

/** What the registry is built from. Ids are unique within their kind. */
export interface RegistryInput {
  readonly parties: readonly PartyInput[];
  readonly groups: readonly GroupInput[];
  readonly machines: readonly MachineInput[];
  /** Known trust names. */
  readonly trusts: readonly string[];
  /** Known zones. */
  readonly zones: readonly string[];
}
