import type { Dialler, Prober } from '../core/resolver/index.ts';
import type { Policy } from './policy.ts';
import type { ReportHead, TargetReport } from './report/report.ts';
import type { Target } from './target.ts';
import type { Roots } from './tls/certificates/roots.ts';
import type { RandomBytes } from './tls/offers.ts';

/** What a check is given of the world. */
export interface CheckPorts {
  readonly prober: Prober;
  readonly resolve: Dialler['resolve'];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wall_clock: () => number;
  /** Name and version of the program, for the report. */
  readonly made_by: string;
  readonly random: RandomBytes;
  /** The roots everybody has. */
  readonly public_roots: Roots;
}

export interface CheckOptions {
  readonly targets: Iterable<Target>;
  readonly policy: Policy;
  /** For each address of a target. */
  readonly timeout_ms: number;
  /** Connections to an address at a time. */
  readonly parallel: number;
  /** Targets at a time. */
  readonly at_once: number;
  /** Which addresses of a name: every one, up to a bound, or the first. */
  readonly addresses: 'all' | 'first';
  /** Told of each connection that is opened, with how many there were to this address. */
  readonly onProgress: (target: Target, connections: number) => void;
}

/** Is told of a check piece by piece, in the order targets were given. */
export interface CheckListener {
  readonly onBegin: (head: ReportHead) => void | Promise<void>;
  readonly onTarget: (target: TargetReport) => void | Promise<void>;
}
