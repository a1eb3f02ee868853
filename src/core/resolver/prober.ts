import { DialError } from './dial-error.ts';
import { type Address, isDialable } from './literals.ts';
import { connectTcp, type TcpConnect, tcpConnect } from './tcp-connect.ts';

export interface ProbeRequest {
  readonly address: Address;
  /** 1 to 65,535. */
  readonly port: number;
  /** Sent as soon as there is a connection: one record of the TLS handshake protocol, and nothing else. */
  readonly hello: Buffer;
  readonly connect_ms: number;
  /** From the connection on, however often something arrives. */
  readonly answer_ms: number;
  /** Called with what arrives, as it arrives; true ends the probe. What it throws ends it too and is passed on. */
  readonly onBytes: (chunk: Buffer) => boolean;
}

/** `answered`: onBytes had enough. `closed`: the far end ended it first. `late`: the time was over first. */
export type ProbeResult = 'answered' | 'closed' | 'late';

export interface Prober {
  /** @throws DialError FORWARD_UNREACHABLE, FORWARD_LATE where there is no connection; what `onBytes` throws */
  ask(request: ProbeRequest): Promise<ProbeResult>;
}

export interface ProberOptions {
  /** Default: `net.connect` with Nagle's algorithm off. */
  readonly connect?: TcpConnect;
}

/**
 * Asks a stranger what TLS it speaks, for `sallyport check` alone: docs/adr/0013-probing.md. It is the one way to send
 * something outside loopback that is not inside TLS, and kept as narrow as that use: one connection, one ClientHello, what
 * comes back, the end. No socket leaves here, so that no payload can follow.
 */
export function createProber({ connect = tcpConnect }: ProberOptions = {}): Prober {
  return {
    async ask({ address, port, hello, connect_ms, answer_ms, onBytes }) {
      assertHello(hello);
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
              if (onBytes(chunk)) resolve('answered');
            } catch (error) {
              reject(error);
              socket.destroy();
            }
          });
          socket.write(hello);
        });
      } finally {
        clearTimeout(timer);
        socket.destroy();
      }
    },
  };
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** RFC 8446 sections 4 and 5.1: a record, as long as it says, that holds a ClientHello as long as it says. */
function assertHello(bytes: Buffer): void {
  const is_hello =
    bytes.length > 9 &&
    bytes[0] === HANDSHAKE &&
    bytes[5] === CLIENT_HELLO &&
    bytes.readUInt16BE(3) === bytes.length - 5 &&
    bytes.readUIntBE(6, 3) === bytes.length - 9;
  if (!is_hello) throw new RangeError('a probe sends a ClientHello and nothing else');
}
