/** What a fault is, and what it is given. */
import type { GateProcess } from '../../test/acceptance/harness/gate-process.ts';
import type { Project } from '../../test/acceptance/harness/project.ts';
import type { Companion } from './companion-process.ts';

export interface Fault {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  /** What has to hold, in one sentence. */
  readonly promise: string;
  readonly site?: SiteChanges;
  /** Whether an honest call that ends like this while the fault lasts breaks no promise. Default: none does. */
  readonly accepts?: (failure: string) => boolean;
  /**
   * What was written may be refused all the same: the recorder can die after writing and before saying so, and no
   * protocol between two processes can rule that out. Default: it may not.
   */
  readonly leaves_doubt?: boolean;
  /** A promise of the log that cannot hold here, with the reason told on the page. Default: all hold. */
  readonly excuses?: RegExp;
  /** Refusal codes and events that must be on record afterwards. An event is written as in the report. */
  readonly records?: readonly string[];
  /** Does it, and waits until the gate has dealt with it. */
  run(stage: Stage): Promise<void>;
}

export interface SiteChanges {
  /** Lines of the zone, four spaces deep, in place of the short timers. */
  readonly zone_more?: string;
  /** Lines below `upstream:`, six spaces deep. */
  readonly upstream_more?: string;
  /** Put before the command line of the gate. */
  readonly wrapper?: (project: Project) => readonly string[];
  /** Before the gate starts. What it takes away again is given to `onEnd`. */
  readonly prepare?: (place: Place) => Promise<void> | void;
}

export interface Place {
  readonly project: Project;
  /** Called when no process of the gate is left. */
  onEnd(cleanup: () => void): void;
}

export interface Stage extends Place {
  readonly port: number;
  /** Smaller numbers, for a test. */
  readonly quick: boolean;
  readonly companion: Companion;
  gate(): GateProcess;
  /** Starts the gate anew on the same port, after it ended. */
  restart(): Promise<void>;
  /** A number of what was done or seen, for the report. */
  did(what: string, value: number | string): void;
  /** Puts a broken promise into the report where `holds` is false. */
  expect(holds: boolean, promise: string): void;
  /** Waits until it holds; false, and a broken promise, where it does not in time. */
  until(what: string, test: () => boolean | Promise<boolean>, within_ms?: number): Promise<boolean>;
  /** This environment cannot make the fault; nothing was judged. */
  skip(why: string): never;
}

export class Impossible extends Error {}

/** Timers short enough to be seen at work; handshakes have the usual time, which a busy machine may need. */
export const SHORT_TIMERS = `    timeouts: { handshake: 10s, headers: 2s, body: 2s, total: 8s }
`;

/** For waits that end early where all is well. */
export const LONG_MS = 60_000;
