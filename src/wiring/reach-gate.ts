/** Finds the gate that a command is about, and says in words where it is not there. */

import { resolve } from 'node:path';
import { type AdminTarget, AdminUnreachable } from '../admin/ask-admin.ts';
import type { GateOptions } from '../cli/watch-actions.ts';
import { type GateLocation, locateGate } from '../config/locate.ts';

/** A gate where it is expected, and what to say when it is not there. */
export interface Place {
  readonly target: AdminTarget;
  readonly shown: string;
  readonly certain: boolean;
}

export async function placeOf({ config, socket, io }: GateOptions): Promise<Place> {
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

export async function reaching<Value>(place: Place, work: () => Promise<Value>): Promise<Value> {
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

export function unreachable({ shown, certain }: Place, { code }: AdminUnreachable): string {
  const doubt = certain
    ? ''
    : '; the configuration cannot be read, so this is where a gate usually is: name it with --socket';
  return `the gate cannot be reached at ${shown}: ${WHY[code] ?? code}${doubt}`;
}
