import { setTimeout as sleep } from 'node:timers/promises';
import { createAbuser, source } from '../abuser.ts';
import type { Fault } from '../fault.ts';

const BURST = 300;
/** The beginning of a ClientHello that never ends. */
const HELLO_BEGUN = Buffer.from('160301020001000100', 'hex');

export const HANDSHAKE_FLOOD: Fault = {
  name: 'handshake-flood',
  title: 'Handshake flood',
  promise:
    'a source has 50 connections a second; the rest is closed before any cryptography, and half-open ones end after 2 s',
  records: ['ADMIT_HANDSHAKES', 'ADMIT_TLS_LATE'],
  site: { zone_more: '    timeouts: { handshake: 2s }\n' },
  async run({ project, port, quick, did, expect, until }) {
    const abuser = createAbuser(project, port);
    const counts = { attempts: 0, 'handshakes done': 0, 'closed before TLS': 0 };
    const halves = Array.from({ length: 40 }, (_, at) => {
      const socket = abuser.openTcp(source(20 + (at % 4)));
      socket.once('connect', () => socket.write(HELLO_BEGUN));
      return socket;
    });
    // Opened all at once, more than a source has in a second, however slow the machine is.
    const burst = Array.from({ length: BURST }, () => {
      const socket = abuser.openTcp(source(30));
      socket.once('connect', () => socket.write(HELLO_BEGUN)).resume();
      return socket;
    });
    const end_ms = performance.now() + (quick ? 2_000 : 6_000);
    await Promise.all(
      Array.from({ length: 24 }, async (_, at) => {
        while (performance.now() < end_ms) {
          counts.attempts++;
          const socket = await abuser.open({ from: source(at % 2), as: null });
          if (socket === null) counts['closed before TLS']++;
          else counts['handshakes done']++;
          socket?.destroy();
          await sleep(1);
        }
      }),
    );
    for (const [what, count] of Object.entries(counts)) did(what, count);
    await until('half-open connections end', () => halves.every((socket) => socket.destroyed || socket.readableEnded));
    did('half-open', halves.length);
    await until('the burst ends', () => burst.every((socket) => socket.destroyed));
    const let_in = burst.filter((socket) => socket.bytesRead > 0).length;
    did('connections at once', burst.length);
    expect(let_in === 0, `${let_in} of the burst were answered`);
    for (const socket of halves) socket.destroy();
  },
};
