/** The signer of a gate, as plans come and go, and who asks it. */

import type { IssueOrder, IssueResult } from '../admin/issue.ts';
import { CertificateOffice, type CertificateOfficeOptions } from '../wiring/certificate-office.ts';
import type { PlannedCa } from '../wiring/plan-ca.ts';
import { errorOf } from './failure.ts';
import { type ProcessEvents, SIGNER } from './process-events.ts';
import type { SupervisorPorts } from './process-options.ts';
import { SignerKeeper } from './signer-keeper.ts';
import type { Watchdog } from './watchdog.ts';

export interface SigningOptions extends Omit<CertificateOfficeOptions, 'sign'> {
  readonly ports: SupervisorPorts;
  readonly watchdog: Watchdog;
  readonly events: ProcessEvents;
  readonly stopping: () => boolean;
  /** Another signer takes the place of one, or none does. */
  readonly onReplaced: () => void;
}

/** What a plan that is not in force yet needs: a signer that runs, or none. */
export interface PreparedSigner {
  readonly signer: SignerKeeper | null;
  readonly ca: PlannedCa | null;
}

const NONE: PreparedSigner = { signer: null, ca: null };

/** For an answer that is under way. */
const GRACE_MS = 3_000;

export class Signing {
  readonly #options: SigningOptions;
  readonly #office: CertificateOffice;
  #signer: SignerKeeper | null = null;

  constructor(options: SigningOptions) {
    this.#options = options;
    const sign = async (order: Parameters<SignerKeeper['issue']>[0]) => (await this.#signer?.issue(order)) ?? null;
    this.#office = new CertificateOffice({ ...options, sign });
  }

  /** Of the plan in force; null where that issues nothing. */
  get signer(): SignerKeeper | null {
    return this.#signer;
  }

  issue(order: IssueOrder | null): Promise<IssueResult> {
    return this.#office.issue(order);
  }

  /**
   * The first one; it loads what it runs while its plan is judged.
   *
   * @throws LoadError where its key does not fit
   */
  async start(ca: () => Promise<PlannedCa>): Promise<void> {
    this.#signer = this.#keeper(ca);
    await this.#signer.start();
  }

  /**
   * That the key can be read is judged with each plan: by the signer there is, where the plan changes nothing for it, else
   * by another in its place.
   *
   * @throws LoadError where the key does not fit
   */
  async prepare(ca: PlannedCa | null): Promise<PreparedSigner> {
    if (ca === null) return NONE;
    const current = this.#signer;
    if (current !== null && isSame(await current.ca(), ca)) {
      const checked = await current.check(ca);
      if (checked === 'sound') return { signer: current, ca };
      if (checked !== null) throw errorOf(checked);
    }
    const signer = this.#keeper(() => Promise.resolve(ca));
    await signer.start();
    return { signer, ca };
  }

  /** One whose place is taken answers what it was asked. */
  commit({ signer, ca }: PreparedSigner): void {
    if (ca !== null) signer?.use(ca);
    if (signer === this.#signer) return;
    void this.#signer?.stop(GRACE_MS);
    this.#signer = signer;
    this.#options.onReplaced();
    // A gate that was told to stop meanwhile has stopped the one before.
    if (this.#options.stopping()) void signer?.stop(0);
  }

  abort(prepared: PreparedSigner): void {
    if (prepared.signer !== this.#signer) void prepared.signer?.stop(0);
  }

  async stop(budget_ms: number): Promise<void> {
    await this.#signer?.stop(budget_ms);
  }

  #keeper(ca: () => Promise<PlannedCa>): SignerKeeper {
    const { ports, watchdog, events, stopping } = this.#options;
    const signer: SignerKeeper = new SignerKeeper({
      ports,
      watchdog,
      ca,
      onReady: () => {
        if (signer.restarts > 0) events.cameBack(SIGNER);
      },
      onEnded: (how, again_ms, why) => {
        if (!stopping()) events.ended(SIGNER, how, again_ms, why);
      },
      onStuck: () => events.stuck(SIGNER),
    });
    return signer;
  }
}

/** Whether a signer of the one does what one of the other would. */
function isSame(one: PlannedCa, other: PlannedCa): boolean {
  const known = ({ certificate, trust, key_path, validity_ms }: PlannedCa) =>
    JSON.stringify([certificate, trust, key_path, validity_ms]);
  return known(one) === known(other);
}
