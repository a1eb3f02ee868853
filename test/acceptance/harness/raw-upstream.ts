/** A service that answers with exactly the bytes a test wants, on connections a test can hold, stall and break. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** One complete request and the connection to answer it on. */
export interface Turn {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly socket: Socket;
}

export interface RawUpstream {
  readonly url: string;
  /** Every complete request that came, oldest first. */
  readonly turns: readonly Turn[];
  /** Connections open now. */
  readonly open: () => number;
  /** Replaces the behaviour. */
  answer(handler: (turn: Turn) => void): void;
  close(): Promise<void>;
}

export async function startRawUpstream(): Promise<RawUpstream> {
  const turns: Turn[] = [];
  const sockets = new Set<Socket>();
  let handler: (turn: Turn) => void = ({ socket }) => void socket.destroy();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    eachRequest(socket, (turn) => {
      turns.push(turn);
      handler(turn);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns,
    open: () => sockets.size,
    answer(next) {
      handler = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The gate frames its requests by Content-Length alone, so this is all the parsing there is. */
function eachRequest(socket: Socket, tell: (turn: Turn) => void): void {
  let pending = '';
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString('latin1');
    for (;;) {
      const head_end = pending.indexOf('\r\n\r\n');
      if (head_end === -1) return;
      const head = pending.slice(0, head_end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const end = head_end + 4 + length;
      if (pending.length < end) return;
      const [method = '', target = ''] = head.split(' ', 2);
      const body = pending.slice(head_end + 4, end);
      pending = pending.slice(end);
      tell({ method, target, body, socket });
    }
  });
}

/** A complete answer with its length. */
export function message(status: number, fields: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Answer\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
