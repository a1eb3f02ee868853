/** What befalls the processes of a gate, told to its operator and put on record. */

import type { EventName } from '../core/audit/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import type { RunningGate } from '../wiring/running-gate.ts';

/** A part of a gate that has a process of its own, one after the other. */
export interface GatePart {
  /** As an operator knows it. */
  readonly who: string;
  /** As a record names it. */
  readonly data: Parameters<RunningGate['event']>[1];
  /** What its end means for exchanges. */
  readonly meanwhile: string;
}

export const RECORDER: GatePart = {
  who: 'the recorder',
  data: { process: 'recorder' },
  meanwhile: 'every exchange is refused until it is back',
};

export const SIGNER: GatePart = {
  who: 'the signer',
  data: { process: 'signer' },
  meanwhile: 'exchanges go on, no certificate is issued until it is back',
};

export function workerOf(slot: number): GatePart {
  return { who: `worker ${slot}`, data: { process: 'worker', slot }, meanwhile: 'the others carry on' };
}

/** More events than these are lost while there is no recorder. */
const MAX_UNTOLD = 1_000;

export class ProcessEvents {
  readonly #record: RunningGate['event'];
  readonly #onNotice: Notify;
  /** Those of a time without a recorder. */
  readonly #untold: { readonly event: EventName; readonly data: GatePart['data'] }[] = [];

  constructor(record: RunningGate['event'], onNotice: Notify) {
    this.#record = record;
    this.#onNotice = onNotice;
  }

  /** @param why what it said itself, for the operator alone; may be empty */
  ended({ who, data, meanwhile }: GatePart, how: string, again_ms: number, why: string): void {
    const said = why === '' ? '' : `\n${why}`;
    this.#onNotice(`${who} ended (${how}); it starts again in ${again_ms / 1000} s, ${meanwhile}${said}`);
    this.#put('process_ended', { ...data, how, again_ms });
  }

  stuck({ who, data }: GatePart): void {
    this.#onNotice(`${who} takes no turn any more: it is killed`);
    this.#put('process_stuck', data);
  }

  cameBack({ who, data }: GatePart): void {
    this.#onNotice(`${who} is back`, 'info');
    this.#put('process_restarted', data);
  }

  /** With it, what could not be put on record before. */
  #put(event: EventName, data: GatePart['data']): void {
    for (const one of [...this.#untold.splice(0), { event, data }]) {
      this.#record(one.event, one.data).catch(() => {
        if (this.#untold.length < MAX_UNTOLD) this.#untold.push(one);
      });
    }
  }
}
