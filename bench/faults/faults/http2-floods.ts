/** Floods of HTTP/2 frames: each must end the connection it comes over, at little cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import * as h2 from '../../../test/acceptance/wire/http2-frames.ts';
import { createAbuser, source } from '../abuser.ts';
import type { Fault, Stage } from '../fault.ts';

/** The next frames, given how many pieces were sent on this connection. */
type Frames = (piece: number) => Buffer;

interface Flood {
  readonly what: string;
  readonly frames: Frames;
  readonly frames_each: number;
  /** Leaves what the gate answers unread. */
  readonly deaf?: boolean;
}

const MAX_PIECES = 2_000;

/** Sends one flood after the other on new connections until the time is over. */
async function flood({ project, port, quick, did }: Stage, floods: readonly Flood[]): Promise<number[]> {
  const abuser = createAbuser(project, port);
  const ended: number[] = [];
  for (const [index, { what, frames, frames_each, deaf }] of floods.entries()) {
    const end_ms = performance.now() + (quick ? 1_500 : 5_000);
    const counts = { connections: 0, frames: 0, ended: 0 };
    await Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        while (performance.now() < end_ms) {
          const socket = await abuser.open({ from: source(index * 8 + at), alpn: 'h2' });
          if (socket === null) {
            await sleep(50);
            continue;
          }
          counts.connections++;
          const { pieces, closed } = await pour(socket, frames, deaf === true, end_ms);
          counts.frames += pieces * frames_each;
          if (closed) counts.ended++;
        }
      }),
    );
    did(`${what}: connections`, counts.connections);
    did(`${what}: frames`, counts.frames);
    did(`${what}: ended by the gate`, counts.ended);
    ended.push(counts.ended);
  }
  return ended;
}

async function pour(socket: TLSSocket, frames: Frames, deaf: boolean, end_ms: number) {
  if (deaf) socket.pause();
  else socket.resume();
  socket.write(h2.OPENING);
  let pieces = 0;
  while (!socket.destroyed && pieces < MAX_PIECES && performance.now() < end_ms + 10_000) {
    const taken = socket.write(frames(pieces++));
    await (taken ? sleep(1) : Promise.race([new Promise((resolve) => socket.once('drain', resolve)), sleep(500)]));
  }
  const closed = socket.destroyed;
  socket.destroy();
  return { pieces, closed };
}

/** More than a connection may reset at once. */
const RESETS = 250;

export const RAPID_RESET: Fault = {
  name: 'rapid-reset',
  title: 'HTTP/2 rapid reset',
  promise: 'a connection that opens and resets streams without end is ended, and the service is not called for each',
  records: ['ADMIT_HTTP2'],
  async run(stage) {
    const frames: Frames = (piece) =>
      Buffer.concat(
        Array.from({ length: RESETS }, (_, at) => {
          const stream = 1 + 2 * (piece * RESETS + at);
          return Buffer.concat([h2.headers(stream, h2.getFields()), h2.reset(stream)]);
        }),
      );
    const [ended = 0] = await flood(stage, [{ what: 'resets', frames, frames_each: RESETS }]);
    stage.expect(ended > 0, 'no connection was ended');
  },
};

export const CONTINUATION_FLOOD: Fault = {
  name: 'continuation-flood',
  title: 'HTTP/2 CONTINUATION flood',
  promise: 'a header section without end is not kept: its connection ends',
  async run(stage) {
    const field = h2.block([['x-more', 'z'.repeat(1000)]]);
    const begin = h2.headers(1, h2.getFields(), 0);
    const more = h2.frame(h2.TYPE.continuation, 0, 1, field);
    const empty = h2.frame(h2.TYPE.continuation, 0, 1);
    const ended = await flood(stage, [
      {
        what: 'full',
        frames: (piece) => (piece === 0 ? Buffer.concat([begin, more]) : Buffer.concat([more, more])),
        frames_each: 2,
      },
      {
        what: 'empty',
        frames: (piece) => (piece === 0 ? begin : Buffer.concat(Array(50).fill(empty))),
        frames_each: 50,
      },
    ]);
    for (const count of ended) stage.expect(count > 0, 'no connection was ended');
  },
};

export const CONTROL_FLOOD: Fault = {
  name: 'control-flood',
  title: 'HTTP/2 SETTINGS and PING flood',
  promise:
    'frames that want an answer each are answered or end the connection; unread answers are not kept without end',
  async run(stage) {
    const many = (frame: Buffer) => Buffer.concat(Array<Buffer>(100).fill(frame));
    const pings = many(h2.PING);
    const settings = many(h2.SETTINGS);
    const ended = await flood(stage, [
      { what: 'PING, answers unread', frames: () => pings, frames_each: 100, deaf: true },
      { what: 'SETTINGS, answers unread', frames: () => settings, frames_each: 100, deaf: true },
      { what: 'PING', frames: () => pings, frames_each: 100 },
    ]);
    stage.did(
      'ended in all',
      ended.reduce((sum, count) => sum + count, 0),
    );
  },
};
