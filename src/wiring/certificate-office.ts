/** Where machines are certified: one order at a time, each on record before its answer leaves. */

import type { IssueOrder, IssueResult } from '../admin/issue.ts';
import type { GateConfig } from '../config/load.ts';
import type { EventName } from '../core/audit/index.ts';
import type { IssueCode } from '../core/errors/index.ts';
import { type Entitlement, entitlementOf } from '../core/identity/index.ts';
import type { CaOrder, Issued } from '../core/trust/index.ts';
import { registryInput } from './registry-input.ts';
import type { RunningGate } from './running-gate.ts';

/** What came of asking a signer; null where there was none to answer. */
export type Signed = Issued | { readonly ok: false; readonly code: 'ISSUE_DEFECT'; readonly reason: string } | null;

export interface CertificateOfficeOptions {
  /** The configuration in force. */
  readonly config: () => GateConfig;
  /** Name of the trust that the CA in force stands in; null where there is no CA. */
  readonly trust: () => string | null;
  /** Null where the gate has no signer in any case. */
  readonly sign: ((order: CaOrder) => Promise<Signed>) | null;
  readonly event: RunningGate['event'];
}

/** Orders that wait; each takes the signer a moment. */
const MOST_WAITING = 8;
/** Until a log counts as one that takes nothing. */
const RECORD_MS = 5_000;

type Ordered = Extract<IssueOrder, { key: unknown }>;
type Facts = Readonly<Record<string, string | number>>;
type Right =
  | Entitlement
  | { readonly ok: false; readonly code: 'ISSUE_NO_CA' | 'ISSUE_NO_SIGNER'; readonly reason: string };

export class CertificateOffice {
  readonly #options: CertificateOfficeOptions;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CertificateOfficeOptions) {
    this.#options = options;
  }

  /** @param order null for what is no order. Never rejects for what it holds */
  async issue(order: IssueOrder | null): Promise<IssueResult> {
    if (this.#waiting > MOST_WAITING) return this.#refuse(order, 'ISSUE_BUSY', 'others wait already: try again');
    this.#waiting++;
    const result = this.#last.then(() => this.#serve(order));
    this.#last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting--;
    }
  }

  async #serve(order: IssueOrder | null): Promise<IssueResult> {
    if (order === null) return this.#refuse(order, 'ISSUE_ORDER', 'what was sent is no order');
    if ('refused' in order) return this.#refuse(order, order.refused, 'the command refused the request');
    const right = this.#rightOf(order);
    if (!right.ok) return this.#refuse(order, right.code, right.reason);
    const signed = await this.#options.sign!({ key: order.key, uri: right.uri, common_name: order.machine });
    if (signed === null) {
      return this.#refuse(order, 'ISSUE_SIGNER_DOWN', 'the signer does not run, or ended before it answered');
    }
    if (!signed.ok) return this.#refuse(order, signed.code, signed.reason);
    // Another plan may be in force by now.
    const still = this.#rightOf({ ...order, uri: right.uri });
    if (!still.ok) return this.#refuse(order, still.code, still.reason);
    const { ok, certificate, ...facts } = signed;
    const { serial, thumbprint, not_after_ms } = facts;
    const told = { party: still.party, machine: order.machine, uri: still.uri };
    if (!(await this.#record('certificate_issued', { ...told, serial, thumbprint, not_after_ms }))) {
      return this.#refuse(order, 'ISSUE_UNRECORDED', 'the audit log takes nothing, so nothing was issued');
    }
    return { ok, ...told, ...facts, certificate };
  }

  #rightOf({ machine, uri }: Pick<Ordered, 'machine' | 'uri'>): Right {
    const { config, trust, sign } = this.#options;
    const in_force = config();
    const name = trust();
    if (in_force.ca === null || name === null) {
      return { ok: false, code: 'ISSUE_NO_CA', reason: 'the configuration in force has no ca' };
    }
    if (sign === null) {
      return {
        ok: false,
        code: 'ISSUE_NO_SIGNER',
        reason: 'this gate is one process and has no signer: use sallyport run',
      };
    }
    return entitlementOf(registryInput(in_force), { machine, uri, trust: name });
  }

  async #refuse(order: IssueOrder | null, code: IssueCode, reason: string): Promise<IssueResult> {
    const { machine = null } = order ?? {};
    const uri = order !== null && 'uri' in order ? order.uri : null;
    const recorded = this.#record('certificate_refused', {
      code,
      ...(machine === null ? {} : { machine }),
      ...(uri === null ? {} : { uri }),
    });
    // A log that has just been waited for in vain is not waited for again; it may take this yet.
    if (code !== 'ISSUE_UNRECORDED') await recorded;
    return { ok: false, code, reason };
  }

  /** @returns whether it is on disk; a log that is late may still take it */
  async #record(event: EventName, data: Facts): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), RECORD_MS);
    const recorded = this.#options.event(event, data).then(
      () => true,
      () => false,
    );
    const done = await Promise.race([recorded, late]);
    clearTimeout(timer);
    return done;
  }
}
