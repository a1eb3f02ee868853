import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminTarget, AdminUnreachable } from '../admin/ask-admin.ts';
import { type Look, ratesBetween } from '../admin/rates.ts';
import { askToReload, lookAt } from '../admin/read-gate.ts';
import type { GateOptions, WatchActions } from '../cli/watch-actions.ts';
import { type GateLocation, locateGate } from '../config/locate.ts';

/** Between the two looks that a rate needs. */
const STATUS_MS = 1000;

/** A gate where it is expected, and what to say when it is not there. */
interface Place {
  readonly target: AdminTarget;
  readonly shown: string;
  readonly certain: boolean;
}

/** The commands that watch a running gate. */
export const watchActions: WatchActions = {
  async status(options) {
    const place = await placeOf(options);
    const before = await reaching(place, () => lookAt(place.target));
    await sleep(STATUS_MS);
    const after = await reaching(place, () => lookAt(place.target));
    return { status: after.status, rates: ratesBetween(before, after) };
  },

  async *top(options) {
    const place = await placeOf(options);
    let before: Look = await reaching(place, () => lookAt(place.target));
    while (await slept(options.interval_ms, options.signal)) {
      try {
        const after = await lookAt(place.target);
        yield { status: after.status, rates: ratesBetween(before, after) };
        before = after;
      } catch (error) {
        if (!(error instanceof AdminUnreachable)) throw error;
        yield { lost: unreachable(place, error) };
      }
    }
  },

  async reload(options) {
    const place = await placeOf(options);
    if (place.target.kind === 'tcp') {
      throw new Error(
        'this gate listens on no Unix socket (admin.listen), and takes no orders elsewhere: send it SIGHUP',
      );
    }
    return reaching(place, () => askToReload(place.target));
  },
};

/** False where the signal came first. */
function slept(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, undefined, { signal }).then(
    () => true,
    () => false,
  );
}

async function placeOf({ config, socket, io }: GateOptions): Promise<Place> {
  if (socket !== null) {
    const path = resolve(io.cwd, socket);
    return { target: { kind: 'unix', path }, shown: path, certain: true };
  }
  const location = await locateGate(config);
  const target = targetOf(location);
  const shown = target.kind === 'unix' ? target.path : `${target.address} port ${target.port}`;
  return { target, shown, certain: location.certain };
}

/** The socket where there is one: only there a gate takes orders. */
function targetOf({ listen, socket }: GateLocation): AdminTarget {
  const [tcp] = listen.flatMap((place) => (place.kind === 'tcp' ? [place] : []));
  if (tcp === undefined || listen.some(({ kind }) => kind === 'unix')) return { kind: 'unix', path: socket };
  return { kind: 'tcp', address: tcp.address, port: tcp.port };
}

async function reaching<Value>(place: Place, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AdminUnreachable ? new Error(unreachable(place, error)) : error;
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket, so no gate of this configuration runs',
  ECONNREFUSED: 'nobody listens there, so no gate of this configuration runs',
  EACCES: 'only the user that the gate runs as may ask it',
  LATE: 'it does not answer in time',
};

function unreachable({ shown, certain }: Place, { code }: AdminUnreachable): string {
  const doubt = certain
    ? ''
    : '; the configuration cannot be read, so this is where a gate usually is: name it with --socket';
  return `the gate cannot be reached at ${shown}: ${WHY[code] ?? code}${doubt}`;
}
