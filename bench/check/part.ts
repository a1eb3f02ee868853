import type { LabPki } from '../../test/check/lab/pki.ts';
import type { LabServer } from '../../test/check/lab/process.ts';

export interface Laboratory {
  readonly folder: string;
  readonly pki: LabPki;
}

export type PartId = 'handshakes' | 'chains';

export interface Subject {
  readonly name: string;
  readonly start: (laboratory: Laboratory) => Promise<LabServer>;
}

export interface Peer<Said> {
  readonly name: string;
  readonly ask: (server: LabServer, laboratory: Laboratory) => Promise<Said>;
}

/** One kind of comparison: the same servers, asked by ours and by others in the same words. */
export interface Part<Said> {
  readonly id: PartId;
  readonly title: string;
  /** Of the page, beside the server and the peers. */
  readonly columns: readonly string[];
  readonly subjects: readonly Subject[];
  /** Why some are not among them, a line each. */
  readonly missing: readonly string[];
  readonly peers: readonly Peer<Said>[];
  readonly ours: (server: LabServer, laboratory: Laboratory) => Promise<Said>;
  /** What ours says, a cell for each column. */
  readonly cells: (own: Said) => readonly string[];
  /** What they both tell of, and do not agree in. */
  readonly differences: (own: Said, other: Said) => readonly string[];
}
