import { readFileSync } from 'node:fs';
import { createAbuser, source } from '../abuser.ts';
import type { Fault } from '../fault.ts';

const ASK = 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\nX-Request-Tag: large\r\n\r\n';
const TOTAL_MS = 8_000;

export const SLOW_READERS: Fault = {
  name: 'slow-readers',
  title: 'Slow readers',
  promise:
    'an answer that nobody takes is held once for each place of its machine, and let go after twice the total time',
  site: { zone_more: `    timeouts: { handshake: 10s, headers: 2s, body: 2s, total: ${TOTAL_MS / 1000}s }\n` },
  async run({ project, port, quick, did, expect, until }) {
    const abuser = createAbuser(project, port);
    const count = quick ? 12 : 60;
    const sockets = await Promise.all(Array.from({ length: count }, (_, at) => abuser.open({ from: source(at % 10) })));
    const open = sockets.filter((socket) => socket !== null);
    expect(open.length === count, `only ${open.length} of ${count} connections stood`);
    for (const socket of open) {
      socket.pause();
      // More than one, so that whoever makes answers ahead would be seen.
      socket.write(ASK.repeat(4));
    }
    const begun_ms = performance.now();
    // Whoever does not read does not see the end either, so the kernel is asked.
    await until('all are cut off', () => establishedAt(port) === 0);
    did('connections', open.length);
    did('answers asked for', open.length * 4);
    did('MiB each', 4);
    did('the last cut off after, s', (performance.now() - begun_ms) / 1000);
    for (const socket of open) socket.destroy();
  },
};

const ESTABLISHED = '01';
const HONEST = '0100007F';

/** Connections at the gate that are not of the honest partner (proc_net_tcp(5)). */
function establishedAt(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, here, there, state]) => here?.endsWith(local) && state === ESTABLISHED && !there?.startsWith(HONEST))
    .length;
}
