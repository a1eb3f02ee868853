import type { UpstreamTransition } from '../channels/api/upstream/transitions.ts';
import { createUpstream, type Upstream } from '../channels/api/upstream/upstream.ts';
import type { ApiConfig, FileReference } from '../config/load.ts';
import { type Fault, LoadError } from '../core/errors/index.ts';
import type { Dialler } from '../core/resolver/index.ts';

export interface UpstreamPorts {
  readonly dialler: Dialler;
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Told of what befalls addresses and breakers; must not throw. */
  readonly onHealth: (transition: UpstreamTransition) => void;
}

/** Makes the client of an upstream; nothing is dialled before it is watched or asked. */
export type OpenUpstream = (api: ApiConfig, ca: readonly string[] | 'system') => Upstream;

const MAX_HEADER_BYTES = 16 * 1024;
/** Below what common servers keep (Node 5 s, nginx 75 s), so that we let go first. */
const KEEP_ALIVE_MS = 4000;

export function upstreamOpener({ dialler, monotonic, random, onHealth }: UpstreamPorts): OpenUpstream {
  return ({ id, upstream }, ca) => {
    const create = () =>
      createUpstream({
        name: id,
        url: upstream.url,
        endpoints: upstream.endpoints,
        locality: upstream.gate_locality,
        ca,
        ...(upstream.server_name === null ? {} : { server_name: upstream.server_name }),
        connections: upstream.connections,
        timeouts: upstream.timeouts,
        keep_alive_ms: KEEP_ALIVE_MS,
        ejection: upstream.ejection,
        retries: upstream.retries,
        retry_budget: upstream.retry_budget,
        breaker: upstream.breaker,
        checks: upstream.health && { ...upstream.health, statuses: new Set(upstream.health.statuses) },
        max_header_bytes: MAX_HEADER_BYTES,
        dialler,
        now: monotonic,
        random,
        onHealth,
      });
    return upstream.trust === 'system' ? create() : faultsIn(upstream.trust, `apis.${id}.upstream.trust`, create);
  };
}

/** The client of an upstream knows its bundle as text; a fault in it is to say which file to mend, and who names it. */
export function faultsIn<T>({ file, source }: FileReference, key: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const named = (fault: Fault) => ({ ...fault, ...source, key, message: `${file}: ${fault.message}` });
    throw new LoadError(error.faults.map((fault) => (fault.code === 'CERT_UNREADABLE' ? named(fault) : fault)));
  }
}
