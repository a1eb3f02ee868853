import { createSecureContext } from 'node:tls';
import type { GateConfig } from '../config/load.ts';
import { type LoadedPlan, type LoadPorts, loadPlan } from './load-plan.ts';
import type { ProjectFiles } from './project-files.ts';
import { refuseRestartChanges } from './reload-bounds.ts';

/** What a plan is made from, beside its configuration. */
export interface PlanSource {
  readonly files: ProjectFiles;
  /** Unix milliseconds at which it was judged: what has expired since does not stop a worker. Null where it was not. */
  readonly judged_ms: number | null;
  /**
   * The key of a listener's session tickets, 48 bytes: the same in all workers, so that a session goes on in any of
   * them, and another for each plan, so that none outlives a withdrawn trust.
   */
  readonly ticketKey: (listener: number) => Buffer;
}

/** A plan that is ready to be put in force. */
export interface PreparedPlan {
  readonly digest: string;
  /** Switches at once: connections of callers that are no longer proven end. Listeners stay. */
  commit(): void;
  /** Leaves the plan in force. */
  abort(): Promise<void>;
}

export interface PlanInForceOptions extends Omit<LoadPorts, 'files' | 'judged' | 'reads_ca_key'> {
  /** Listeners take the certificates of a plan that comes in force. */
  readonly replaceTls: (next: LoadedPlan, source: PlanSource) => void;
  /** It is in force. */
  readonly onSwitched: (next: LoadedPlan) => void;
}

/** The plan that exchanges walk, and how another takes its place. */
export class PlanInForce {
  readonly #options: PlanInForceOptions;
  readonly #first: GateConfig;
  /** Plans out of force whose upstreams may still be answering. */
  readonly #retired = new Set<LoadedPlan>();
  #config: GateConfig;
  #loaded: LoadedPlan;

  /** @throws LoadError with every fault found */
  constructor(config: GateConfig, source: PlanSource, options: PlanInForceOptions) {
    this.#options = options;
    this.#first = config;
    this.#config = config;
    this.#loaded = this.#load(config, source);
  }

  get config(): GateConfig {
    return this.#config;
  }

  get loaded(): LoadedPlan {
    return this.#loaded;
  }

  /**
   * Loads another configuration, up to where nothing can fail any more.
   *
   * @throws LoadError, and then nothing has changed
   */
  prepare(config: GateConfig, source: PlanSource): PreparedPlan {
    refuseRestartChanges(this.#first, config);
    const next = this.#load(config, source);
    const abort = (): Promise<void> => {
      next.policy.close();
      return this.#retire(next);
    };
    try {
      // What could still fail: certificates that OpenSSL refuses.
      for (const { tls } of next.listeners) createSecureContext(tls);
    } catch (error) {
      void abort();
      throw error;
    }
    return { digest: next.plan.digest, abort, commit: () => this.#switchTo(next, config, source) };
  }

  /** Lets go of the policies in force, and of the upstreams of every plan there was. */
  async close(): Promise<void> {
    this.#loaded.policy.close();
    await Promise.all([this.#loaded, ...this.#retired].map((plan) => this.#retire(plan)));
  }

  #load(config: GateConfig, { files, judged_ms }: PlanSource): LoadedPlan {
    const { now, openUpstream, budgetsFor } = this.#options;
    const judged = judged_ms !== null;
    return loadPlan(config, {
      now: judged ? () => judged_ms : now,
      openUpstream,
      budgetsFor,
      files,
      judged,
      reads_ca_key: false,
    });
  }

  #switchTo(next: LoadedPlan, config: GateConfig, source: PlanSource): void {
    const before = this.#loaded;
    this.#options.replaceTls(next, source);
    this.#loaded = next;
    this.#config = config;
    this.#options.onSwitched(next);
    // Decisions are taken before an exchange first waits, so none of the old plan's is still to come.
    before.policy.close();
    this.#retired.add(before);
    setTimeout(() => void this.#retire(before), longestExchange(before)).unref();
  }

  async #retire(plan: LoadedPlan): Promise<void> {
    this.#retired.delete(plan);
    await Promise.all([...plan.upstreams.values()].map((upstream) => upstream.close()));
  }
}

function longestExchange({ plan }: LoadedPlan): number {
  return Math.max(...[...plan.zones.values()].map((zone) => zone.timeouts.total_ms));
}
