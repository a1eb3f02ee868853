import type { Socket } from 'node:net';
import { DialError } from './dial-error.ts';
import { type Address, isDialable, isLoopbackLiteral, literalAddress } from './literals.ts';
import { createSystemResolver, type Lookup, type NameResolver, type Resolution } from './names.ts';
import type { SpareDescriptors } from './spare-descriptors.ts';
import { connectTcp, type TcpConnect, tcpConnect } from './tcp-connect.ts';
import type { TlsClient, UpstreamEvidence } from './tls-client.ts';

export interface DialTarget {
  /** A name or a literal address (IPv6 with or without brackets). */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Null only for a literal loopback address. */
  readonly tls: TlsClient | null;
  /** One address out of an earlier `resolve(host)`; without it the name is resolved and each address tried. */
  readonly address?: Address;
  readonly timeouts: DialTimeouts;
}

/** Each phase has its own bound; a phase that takes longer ends with FORWARD_LATE. */
export interface DialTimeouts {
  readonly resolve_ms: number;
  /** TCP, for each address. */
  readonly connect_ms: number;
  /** TLS. */
  readonly handshake_ms: number;
}

export interface Dialled {
  readonly socket: Socket;
  readonly address: Address;
  /** Null in clear, which only loopback may be. */
  readonly evidence: UpstreamEvidence | null;
}

/** The only way out: every socket that leaves the gate is opened here. */
export interface Dialler {
  /** @throws DialError */
  dial(target: DialTarget): Promise<Dialled>;
  /** @throws DialError FORWARD_NAME, FORWARD_LATE */
  resolve(host: string, timeout_ms: number): Promise<Resolution>;
}

export interface DiallerOptions {
  /** The system's lookup, used when no `resolver` is given. */
  readonly lookup: Lookup;
  /** A validating resolver to use instead of the system's. */
  readonly resolver?: NameResolver;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Default: `net.connect` with Nagle's algorithm off. */
  readonly connect?: TcpConnect;
  /** What a connection is made with when the process has no descriptor left. */
  readonly spare?: SpareDescriptors;
}

export function createDialler(options: DiallerOptions): Dialler {
  const { connect = tcpConnect, spare } = options;
  const resolver = options.resolver ?? createSystemResolver(options);

  const resolve = (host: string, timeout_ms: number) => within(resolver.resolve(host), timeout_ms, 'name resolution');

  async function connectSpared(address: Address, port: number, timeout_ms: number): Promise<Socket> {
    const open = () => connectTcp(connect, address, port, timeout_ms);
    if (spare === undefined) return open();
    const socket = await spare.use(open);
    socket.once('close', () => spare.refill());
    return socket;
  }

  async function dialOne(target: DialTarget, address: Address): Promise<Dialled> {
    if (!isDialable(address)) throw new DialError('FORWARD_UNREACHABLE', 'not a unicast address');
    const tcp = await connectSpared(address, target.port, target.timeouts.connect_ms);
    if (target.tls === null) return { socket: tcp, address, evidence: null };
    const { socket, evidence } = await target.tls.handshake(tcp, target.timeouts.handshake_ms);
    return { socket, address, evidence };
  }

  async function dial(target: DialTarget): Promise<Dialled> {
    const literal = literalAddress(target.host);
    assertClearOnlyOnLoopback(target);
    if (literal !== null) return dialOne(target, literal);
    if (target.address !== undefined) return dialOne(target, target.address);
    const { addresses } = await resolve(target.host, target.timeouts.resolve_ms);
    return firstOf(addresses, (address) => dialOne(target, address));
  }

  return { dial, resolve };
}

/** Plaintext goes to a literal loopback address and nowhere else; a name may be pointed anywhere. */
function assertClearOnlyOnLoopback(target: DialTarget): void {
  if (target.tls === null && !isLoopbackLiteral(target.host)) {
    throw new DialError('FORWARD_UNPROVEN', 'plaintext outside literal loopback');
  }
}

/** Tries each in turn. The last failure is thrown, so that "unproven" is not hidden by an earlier "refused". */
async function firstOf(
  addresses: readonly Address[],
  attempt: (address: Address) => Promise<Dialled>,
): Promise<Dialled> {
  let failure: unknown = new DialError('FORWARD_NAME', 'no address');
  for (const address of addresses) {
    try {
      return await attempt(address);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function within<T>(work: Promise<T>, timeout_ms: number, phase: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DialError('FORWARD_LATE', phase)), timeout_ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
