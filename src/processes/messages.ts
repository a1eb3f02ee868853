/**
 * What the processes of a gate say to each other over the channel between each and its supervisor; plain JSON
 * throughout. What a process says with a number answers the question of that number.
 */

import type { EventRecord } from '../core/audit/index.ts';
import type { ShareUpdate } from '../core/limits/index.ts';
import type { Level } from '../core/oplog/index.ts';
import type { CaOrder } from '../core/trust/index.ts';
import type { Signed } from '../wiring/certificate-office.ts';
import type { ProcessObservation, WorkerObservation } from '../wiring/observe-gate.ts';
import type { PlannedCa } from '../wiring/plan-ca.ts';
import type { StoredPlan } from '../wiring/stored-plan.ts';
import type { Failure } from './failure.ts';

/** Workers tell each other this often what they took of the budgets. */
export const SHARE_EVERY_MS = 50;

export type ToWorker =
  | {
      readonly say: 'start';
      readonly plan: StoredPlan;
      /** Which worker this is, from 1. */
      readonly slot: number;
      /** Descriptors of the listening sockets, in the order of the listeners. */
      readonly sockets: readonly number[];
      /** Whether there are others to share budgets with. */
      readonly shares: boolean;
      /** Whether outcomes are wanted as lines, and in which form. */
      readonly exchanges: 'none' | 'text' | 'color' | 'json';
    }
  /** Where it is to connect, once, for a link to the recorder. */
  | { readonly say: 'link'; readonly number: number; readonly path: string }
  /** What the other workers took and hold of the budgets. */
  | { readonly say: 'share'; readonly update: ShareUpdate }
  | { readonly say: 'prepare'; readonly number: number; readonly plan: StoredPlan }
  | { readonly say: 'commit'; readonly number: number }
  | { readonly say: 'abort'; readonly number: number }
  | { readonly say: 'observe'; readonly number: number }
  | { readonly say: 'drain'; readonly budget_ms: number }
  | { readonly say: 'ping' };

export type FromWorker =
  | { readonly say: 'started'; readonly digest: string }
  | { readonly say: 'failed'; readonly failure: Failure }
  /** It has connected, or cannot. */
  | { readonly say: 'linked'; readonly number: number; readonly done: boolean }
  /** The link to the recorder broke; `link` is the number it was asked for with. */
  | { readonly say: 'unlinked'; readonly link: number }
  /** Its records are not durable in time, or are again. */
  | { readonly say: 'late'; readonly late: boolean }
  | { readonly say: 'prepared'; readonly number: number; readonly digest: string }
  | { readonly say: 'unprepared'; readonly number: number; readonly failure: Failure }
  | { readonly say: 'committed'; readonly number: number }
  /** What this worker took and holds of the budgets; to be read with suspicion. */
  | { readonly say: 'share'; readonly report: unknown }
  | { readonly say: 'observed'; readonly number: number; readonly observation: WorkerObservation }
  /** What an operator must know, without payload. */
  | { readonly say: 'notice'; readonly text: string; readonly level: Level }
  /** Lines about exchanges, each ended by LF. */
  | { readonly say: 'exchanges'; readonly text: string }
  | { readonly say: 'pong' };

export type ToRecorder =
  | {
      readonly say: 'start';
      readonly folder: string;
      readonly segment_bytes: number;
      /** Of the supervisor: whoever is to end the gate ends that. */
      readonly owner_pid: number;
      readonly version: string;
    }
  /** Comes with the recorder's end of a link to a worker. */
  | { readonly say: 'link' }
  | { readonly say: 'event'; readonly number: number; readonly record: EventRecord }
  | { readonly say: 'observe'; readonly number: number }
  | { readonly say: 'close' }
  | { readonly say: 'ping' };

export type FromRecorder =
  | { readonly say: 'started' }
  | { readonly say: 'failed'; readonly failure: Failure }
  | { readonly say: 'observed'; readonly number: number; readonly observation: ProcessObservation }
  | { readonly say: 'recorded'; readonly number: number }
  | { readonly say: 'unrecorded'; readonly number: number; readonly why: string }
  /** The log takes records again, or takes none. */
  | { readonly say: 'log'; readonly open: boolean; readonly why: string }
  | { readonly say: 'pong' };

export type ToSigner =
  | { readonly say: 'start'; readonly ca: PlannedCa }
  | { readonly say: 'issue'; readonly number: number; readonly order: CaOrder }
  /** Whether it could start with this, which another plan says. */
  | { readonly say: 'check'; readonly number: number; readonly ca: PlannedCa }
  | { readonly say: 'observe'; readonly number: number }
  /** Ends it, once what it was asked before is answered. */
  | { readonly say: 'close' }
  | { readonly say: 'ping' };

export type FromSigner =
  | { readonly say: 'started' }
  | { readonly say: 'failed'; readonly failure: Failure }
  | { readonly say: 'signed'; readonly number: number; readonly signed: NonNullable<Signed> }
  | { readonly say: 'sound'; readonly number: number }
  | { readonly say: 'unsound'; readonly number: number; readonly failure: Failure }
  | { readonly say: 'observed'; readonly number: number; readonly observation: ProcessObservation }
  | { readonly say: 'pong' };
