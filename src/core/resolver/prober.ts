import type { Socket } from 'node:net';
import { DialError } from './dial-error.ts';
import { type Address, isDialable } from './literals.ts';
import { assertProbe } from './probe-bytes.ts';
import { connectTcp, type TcpConnect, tcpConnect } from './tcp-connect.ts';

export interface ProbeRequest {
  readonly address: Address;
  /** 1 to 65,535. */
  readonly port: number;
  /** Sent as soon as there is a connection; null where the far end speaks first. */
  readonly opening: Buffer | null;
  readonly connect_ms: number;
  /** From the connection on, however often something arrives. */
  readonly answer_ms: number;
  /** Called with what arrives, as it arrives. What it throws ends the probe and is passed on. */
  readonly onBytes: (chunk: Buffer) => ProbeStep;
}

/** Wait for more, end the probe, or send this, or these one after the other, and wait on. */
export type ProbeStep = 'more' | 'enough' | Buffer | readonly Buffer[];

/** `answered`: `onBytes` had enough. `closed`: the far end ended it first. `late`: the time was over first. */
export type ProbeResult = 'answered' | 'closed' | 'late';

export interface Prober {
  /**
   * @throws DialError FORWARD_UNREACHABLE, FORWARD_LATE where there is no connection; RangeError for bytes that are no probe;
   * what `onBytes` throws
   */
  ask(request: ProbeRequest): Promise<ProbeResult>;
}

export interface ProberOptions {
  /** Default: `net.connect` with Nagle's algorithm off. */
  readonly connect?: TcpConnect;
}

/**
 * Asks a stranger what TLS it speaks, for `sallyport check` alone: docs/adr/0013-probing.md. It is the one way to send
 * something outside loopback over a connection that nobody verified, and kept as narrow as that use: only what
 * `assertProbe` takes is sent, and no socket leaves here.
 */
export function createProber({ connect = tcpConnect }: ProberOptions = {}): Prober {
  return {
    async ask({ address, port, opening, connect_ms, answer_ms, onBytes }) {
      if (opening !== null) assertProbe(opening);
      if (!isDialable(address)) throw new DialError('FORWARD_UNREACHABLE', 'not a unicast address');
      const socket = await connectTcp(connect, address, port, connect_ms);
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<ProbeResult>((resolve, reject) => {
          timer = setTimeout(() => resolve('late'), answer_ms);
          socket.once('end', () => resolve('closed'));
          socket.once('close', () => resolve('closed'));
          socket.on('data', (chunk: Buffer) => {
            try {
              if (follow(socket, onBytes(chunk))) resolve('answered');
            } catch (error) {
              reject(error);
              socket.destroy();
            }
          });
          if (opening !== null) socket.write(opening);
        });
      } finally {
        clearTimeout(timer);
        socket.destroy();
      }
    },
  };
}

/** @returns true where the probe is over */
function follow(socket: Socket, step: ProbeStep): boolean {
  if (step === 'enough') return true;
  if (step === 'more') return false;
  for (const bytes of Buffer.isBuffer(step) ? [step] : step) {
    assertProbe(bytes);
    socket.write(bytes);
  }
  return false;
}
