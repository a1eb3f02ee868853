import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { createAbuser, source, untilClosed } from '../abuser.ts';
import type { Fault } from '../fault.ts';
import { heldBy } from '../processes.ts';

const TOTAL = { quick: 500, whole: 10_000 };
const PER_SOURCE = 200;
/** Handshakes under way at once. */
const AT_ONCE = 32;
const BEYOND = 50;
/** On a machine that is busy with other things, fewer are reached; the report says how many. */
const OPEN_MS = 300_000;

/** The cap stands in the configuration before the gate starts; the honest partner has room below it. */
const ROOM = 100;

export const IDLE_CONNECTIONS: Fault = {
  name: 'idle-connections',
  title: '10,000 idle connections',
  promise:
    'idle connections cost memory and a descriptor each and nothing else; those beyond the cap are closed before TLS',
  site: {
    zone_more: `    connections: { total: ${TOTAL.whole + ROOM}, new_per_source: 500/1s }\n    timeouts: { handshake: 10s, idle: 10m }\n`,
  },
  async run({ project, port, quick, did, expect, gate, until }) {
    const abuser = createAbuser(project, port);
    const wanted = quick ? TOTAL.quick : TOTAL.whole;
    const before = heldBy(gate().pid);
    const open: TLSSocket[] = [];
    let next = 0;
    let refused = 0;
    const begun_ms = performance.now();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < wanted && performance.now() - begun_ms < OPEN_MS) {
          const socket = await abuser.open({ from: source(Math.floor(next++ / PER_SOURCE)) });
          if (socket === null) refused++;
          else open.push(socket);
        }
      }),
    );
    await sleep(1_000);
    const full = heldBy(gate().pid);
    did('connections wanted', wanted);
    did('connections reached', open.length);
    did('refused', refused);
    did('seconds to open', (performance.now() - begun_ms) / 1000);
    did('KiB of the gate for each', (full.memory_bytes - before.memory_bytes) / 1024 / Math.max(1, open.length));
    did('descriptors of the gate', full.descriptors);
    expect(refused === 0, `${refused} of ${next} connections were refused`);
    if (!quick && open.length === wanted) {
      const come = (count: number) =>
        Promise.all(
          Array.from({ length: count }, async (_, at) => {
            const socket = await abuser.open({ from: source(100 + (at % 20)) });
            if (socket !== null) open.push(socket);
            return socket === null;
          }),
        );
      // Workers tell each other what they hold several times a second: until then each may give the same room away.
      await come(ROOM);
      await sleep(1_000);
      const beyond = await come(BEYOND);
      did('beyond the cap', beyond.length);
      did('of these closed', beyond.filter((closed) => closed).length);
      expect(!beyond.includes(false), 'more connections than the cap allows');
    }
    for (const socket of open) socket.destroy();
    await Promise.all(open.map((socket) => untilClosed(socket, 10_000)));
    await until('the descriptors are free again', () => heldBy(gate().pid).descriptors < before.descriptors + ROOM);
  },
};
