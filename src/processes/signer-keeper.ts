/** Keeps a signer running for one CA; a plan with another CA has another. */

import type { CaOrder } from '../core/trust/index.ts';
import type { Signed } from '../wiring/certificate-office.ts';
import type { ProcessObservation } from '../wiring/observe-gate.ts';
import type { PlannedCa } from '../wiring/plan-ca.ts';
import { errorOf, type Failure } from './failure.ts';
import { KeptProcess, type KeptProcessOptions } from './kept-process.ts';
import type { FromSigner, ToSigner } from './messages.ts';
import { SIGNER } from './process-events.ts';
import { childOptions, type SupervisorPorts } from './process-options.ts';
import type { Watchdog } from './watchdog.ts';

/** It reads one file. */
const START_WITHIN_MS = 60_000;
/** Signing takes milliseconds, and so does reading a key. */
const ANSWER_MS = 5_000;

export interface SignerKeeperOptions {
  readonly ports: SupervisorPorts;
  readonly watchdog: Watchdog;
  /** Resolves when the plan is judged. */
  readonly ca: () => Promise<PlannedCa>;
  readonly onReady: () => void;
  /** It ended without having been told to; another starts in `again_ms`. */
  readonly onEnded: KeptProcessOptions<FromSigner, ToSigner>['onEnded'];
  readonly onStuck: () => void;
}

export class SignerKeeper {
  readonly #process: KeptProcess<FromSigner, ToSigner>;
  #ca: () => Promise<PlannedCa>;

  constructor({ ports, watchdog, ca, onReady, onEnded, onStuck }: SignerKeeperOptions) {
    this.#ca = ca;
    this.#process = new KeptProcess({
      who: SIGNER.who,
      child: childOptions(ports, 'signer', []),
      watchdog,
      now: ports.now,
      monotonic: ports.monotonic,
      start: async () => ({ say: 'start', ca: await this.#ca() }),
      start_within_ms: START_WITHIN_MS,
      heldUp: () => false,
      // It reads no byte of a stranger.
      read: (value) => value as FromSigner,
      onNonsense: () => undefined,
      wrongStart: () => null,
      onLaunched: () => undefined,
      onReady,
      onNews: () => undefined,
      onGone: () => undefined,
      onEnded,
      onStuck,
    });
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  get restarts(): number {
    return this.#process.restarts;
  }

  /** Since when this process of it is there, Unix milliseconds. */
  get started_ms(): number | null {
    return this.#process.started_ms;
  }

  /** @throws LoadError where the key does not fit, the first time */
  async start(): Promise<void> {
    const failure = await this.#process.start();
    if (failure !== null) throw errorOf(failure);
  }

  /** Null where there is none, it ends first or does not answer in time. */
  async issue(order: CaOrder): Promise<Signed> {
    if (!this.#process.ready) return null;
    const question = { say: 'issue', number: this.#process.number(), order } as const;
    const answer = await this.#process.ask(question, { budget_ms: ANSWER_MS });
    return answer?.say === 'signed' ? answer.signed : null;
  }

  /** Whether it could start with what another plan says of its CA; null where none answers in time. */
  async check(ca: PlannedCa): Promise<'sound' | Failure | null> {
    if (!this.#process.ready) return null;
    const question = { say: 'check', number: this.#process.number(), ca } as const;
    const answer = await this.#process.ask(question, { budget_ms: ANSWER_MS });
    if (answer?.say === 'unsound') return answer.failure;
    return answer?.say === 'sound' ? 'sound' : null;
  }

  /** What it starts with. */
  ca(): Promise<PlannedCa> {
    return this.#ca();
  }

  /** What it starts with from here on. */
  use(ca: PlannedCa): void {
    this.#ca = () => Promise.resolve(ca);
  }

  /** Null where there is none, or none that answers in time. */
  async observe(budget_ms: number): Promise<ProcessObservation | null> {
    if (!this.#process.ready) return null;
    const answer = await this.#process.ask({ say: 'observe', number: this.#process.number() }, { budget_ms });
    return answer?.say === 'observed' ? answer.observation : null;
  }

  /** Lets it answer what it was asked, within the budget. */
  stop(budget_ms: number): Promise<void> {
    return this.#process.stop({ say: 'close' }, budget_ms);
  }
}
