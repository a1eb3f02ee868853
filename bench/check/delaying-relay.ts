import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Since the last call. */
  takeConnections(): number;
  close(): Promise<void>;
}

/**
 * Stands before a port of the loopback and lets each piece, either way, wait half a round trip. That a connection is there is told a whole
 * round trip late, as far as bytes show it: what a client sends first waits once for that, and once for itself.
 */
export async function startRelay(to_port: number, round_trip_ms: number): Promise<Relay> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    connections++;
    const far = connect({ port: to_port, host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket.on('error', () => undefined));
      socket.once('close', () => sockets.delete(socket));
    }
    const half_ms = round_trip_ms / 2;
    // The handshake of TCP is over at once on this machine.
    pass(near, far, half_ms, round_trip_ms);
    pass(far, near, half_ms, 0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    takeConnections() {
      const taken = connections;
      connections = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(from: Socket, to: Socket, delay_ms: number, first_ms: number): void {
  const begun_ms = performance.now();
  const later = (act: () => void) => {
    const wait_ms = Math.max(delay_ms, begun_ms + first_ms + delay_ms - performance.now());
    if (wait_ms === 0) act();
    else setTimeout(act, wait_ms);
  };
  from.on('data', (chunk: Buffer) => later(() => to.writable && to.write(chunk)));
  from.once('end', () => later(() => to.end()));
  from.once('close', () => later(() => to.destroy()));
}
