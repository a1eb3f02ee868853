import type { AddressEntry, Dialled, TlsClient } from '../../../core/resolver/index.ts';
import type { LaneOptions } from './lane.ts';
import { Lanes, type LanesObserver } from './lanes.ts';
import type { UpstreamOptions } from './options.ts';

export const DEFAULT_CONNECTIONS = 64;
const DEFAULT_QUEUE = 256;

/** The connections of an upstream, by address, and the way to open one. */
export class Connections {
  readonly lane_options: LaneOptions;
  private readonly options: UpstreamOptions;
  private readonly tls: TlsClient | null;
  private readonly observer: LanesObserver;
  private readonly lanes = new Map<AddressEntry, Lanes>();

  constructor(options: UpstreamOptions, tls: TlsClient | null, observer: LanesObserver) {
    const { url, keep_alive_ms, max_header_bytes } = options;
    this.options = options;
    this.tls = tls;
    this.observer = observer;
    this.lane_options = { origin: url.origin, keep_alive_ms, max_header_bytes };
  }

  to(entry: AddressEntry): Lanes {
    let lanes = this.lanes.get(entry);
    if (lanes === undefined) {
      const { now, timeouts, connections = DEFAULT_CONNECTIONS, queue = DEFAULT_QUEUE } = this.options;
      const dial = (to: AddressEntry) => this.dial(to, timeouts.connect_ms);
      lanes = new Lanes(entry, { ...this.lane_options, connections, queue, dial, now }, this.observer);
      this.lanes.set(entry, lanes);
    }
    return lanes;
  }

  /** @param each_ms bound on each of connecting and the handshake */
  dial(entry: AddressEntry, each_ms: number): Promise<Dialled> {
    const { host, port } = entry.endpoint;
    const timeouts = { resolve_ms: each_ms, connect_ms: each_ms, handshake_ms: each_ms };
    return this.options.dialler.dial({ host, port, tls: this.tls, address: entry, timeouts });
  }

  get counts(): { connections: number; idle: number; waiting: number } {
    const sum = { connections: 0, idle: 0, waiting: 0 };
    for (const { counts } of this.lanes.values()) {
      sum.connections += counts.connections;
      sum.idle += counts.idle;
      sum.waiting += counts.waiting;
    }
    return sum;
  }

  /** A name no longer points to some addresses: their unused connections go now, the others when free. */
  retire(): void {
    for (const [entry, lanes] of this.lanes) {
      if (entry.listed) continue;
      lanes.closeIdle();
      if (lanes.empty) this.lanes.delete(entry);
    }
  }

  closeIdle(): void {
    for (const lanes of this.lanes.values()) lanes.closeIdle();
  }

  /** Resolves when every socket is closed. */
  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lanes) => lanes.close()));
  }
}
