import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SourceAddress, TlsEvidence } from '../../../core/audit/record.ts';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { Caller } from '../../../core/exchange/index.ts';
import type { ConnectionLease } from '../../../core/limits/index.ts';
import type { PreparedContext } from '../../../core/policy/index.ts';
import { type PeerCertificates, peerCertificates } from '../../../core/trust/index.ts';
import type { ClientHello } from '../../../protocol/tls/client-hello.ts';
import { groupName } from '../../../protocol/tls/groups.ts';
import { ja4 } from '../../../protocol/tls/ja4.ts';
import type { AgreedHost } from '../hygiene/authority.ts';
import type { Transport } from '../transport.ts';
import { UnderWay } from './under-way.ts';

/** What a connection's certificate proved under one plan. */
export interface Proof {
  /** A connection outlives plans: the proof is made again when the plan is another. */
  readonly zone_plan: object;
  /** Unix milliseconds: the earliest notAfter of the path. Infinity for a refusal that time does not change. */
  readonly valid_until_ms: number;
  /** Null where a machine was proven. */
  readonly code: RefusalCode | null;
  /** Thumbprint of what was presented, also where it was refused. */
  readonly credential: string | null;
  readonly caller: Caller | null;
  readonly context: PreparedContext | null;
}

/**
 * One accepted connection, from its first byte to its end: where it comes from, what it proved, and how many
 * exchanges it has under way.
 */
export class Connection {
  readonly zone: string;
  readonly source: SourceAddress;
  readonly lease: ConnectionLease;
  hello: ClientHello | null = null;
  tls: TlsEvidence | null = null;
  presented: PeerCertificates | null = null;
  /** Set once TLS stands. */
  secure: TLSSocket | null = null;
  /** Exchanges under way, their answers not yet sent. */
  readonly under_way = new UnderWay();
  /** HTTP/1.1 only: requests that came before the one under way was answered. */
  readonly waiting: Transport[] = [];
  /** The request read last; on HTTP/1.1 its answer is the last on the connection. */
  latest: Transport | null = null;
  /** Number of the HTTP/2 stream whose request was read last; 0 before the first. */
  latest_stream = 0;
  /** Number of the first HTTP/2 stream that was a request. */
  first_stream: number | null = null;
  /** HTTP/2 streams that came after the exchange that was refused as the last. */
  unread_streams = 0;
  /** Exchanges begun since the connection was opened. */
  begun = 0;
  /** A refusal of the connection itself was recorded; later errors of it are echoes. */
  refused = false;
  /** The gate ended it, because a reload took away what proved its caller. */
  withdrawn = false;
  /** No further exchange is read; the connection ends with the last one under way. */
  ending = false;
  /** What `authenticate` proved last, and under which plan. */
  proof: Proof | null = null;
  /** What the claims of its last request about the name were found to agree on. */
  agreed: AgreedHost | null = null;
  /** The HTTP/2 session, null on HTTP/1.1. */
  session: ServerHttp2Session | null = null;
  /** Bounds the time until TLS stands, then the time without an exchange. */
  timer: NodeJS.Timeout | null = null;
  readonly raw: Socket;
  #counted_bytes = 0;
  #unfinished_stream = 0;
  #unfinished_since_ms = 0;
  #opened_streams = 0;
  #counted_streams = 0;

  /** Host names and literal addresses its listener serves, lower case. */
  readonly names: ReadonlySet<string>;

  constructor(
    raw: Socket,
    facts: { zone: string; names: ReadonlySet<string>; source: SourceAddress; lease: ConnectionLease },
  ) {
    this.raw = raw;
    this.zone = facts.zone;
    this.names = facts.names;
    this.source = facts.source;
    this.lease = facts.lease;
  }

  /** TLS stands: reads off what it proved. The server's view comes from node:tls, the client's offer from its hello. */
  secured(socket: TLSSocket): void {
    this.secure = socket;
    const hello = this.hello;
    this.tls = {
      version: socket.getProtocol(),
      cipher: socket.getCipher()?.standardName ?? null,
      // node:tls does not tell a server which group was agreed on.
      group: null,
      resumed: socket.isSessionReused(),
      sni: hello?.server_name ?? null,
      alpn: socket.alpnProtocol || null,
      ja4: hello ? ja4(hello) : null,
      offered_groups: hello ? hello.groups.map(groupName) : [],
    };
    this.presented = peerCertificates(socket);
  }

  /** Exchanges under way, and requests that wait for one. */
  get active(): number {
    return this.under_way.size + this.waiting.length;
  }

  /** Whether this exchange is still to be answered. */
  holds(transport: Transport): boolean {
    return this.under_way.has(transport) || this.waiting.includes(transport);
  }

  /** Nothing that came after this request is read, and its answer is the last of the connection. */
  endAfter(transport: Transport): void {
    this.ending = true;
    this.latest = transport;
    this.waiting.length = 0;
  }

  /** Not a byte has come since TLS stands. */
  get silent(): boolean {
    return this.begun === 0 && this.secure?.bytesRead === 0;
  }

  /** Bytes received since the last call, TLS included. */
  newBytes(): number {
    const fresh = this.raw.bytesRead - this.#counted_bytes;
    this.#counted_bytes += fresh;
    return fresh;
  }

  /**
   * HTTP/2 streams ended without a request since the last call. nghttp2 resets a stream with a malformed header
   * section and tells nobody; what can be seen is that its number was used. Some clients leave the first number out
   * (RFC 9113 section 3.1 once gave it to the upgraded request).
   *
   * @param closed counts every stream; else only those of the last call, as a header section may still be arriving
   */
  newMalformedStreams(closed: boolean): number {
    if (!this.session || this.session.destroyed) return 0;
    const left_out = this.first_stream === 3 ? 1 : 0;
    const opened = Math.ceil((this.session.state.lastProcStreamID ?? 0) / 2) - left_out;
    const settled = closed ? opened : this.#opened_streams;
    this.#opened_streams = opened;
    const fresh = Math.max(0, settled - this.begun - this.#counted_streams);
    this.#counted_streams += fresh;
    return fresh;
  }

  /**
   * Whether an HTTP/2 header section has been unfinished for longer than it may be. nghttp2 takes note of a stream when
   * its HEADERS begin and tells of it when they end; nothing else can come on the connection in between (RFC 9113
   * section 4.3). A section that nghttp2 refused looks the same, if no request follows it.
   */
  headersLate(now_ms: number, headers_ms: number): boolean {
    if (!this.session || this.session.destroyed) return false;
    const begun_stream = this.session.state.lastProcStreamID ?? 0;
    if (begun_stream <= this.latest_stream) return false;
    if (begun_stream !== this.#unfinished_stream) {
      this.#unfinished_stream = begun_stream;
      this.#unfinished_since_ms = now_ms;
    }
    return now_ms - this.#unfinished_since_ms >= headers_ms;
  }

  /** Ends the connection in the protocol's own way: exchanges under way are finished, no other begins. */
  end(): void {
    this.ending = true;
    if (this.session) {
      if (!this.session.closed) this.session.close();
    } else if (this.secure === null) {
      // In the middle of the handshake there is nobody to finish anything for.
      this.raw.destroy();
    } else if (this.active === 0) this.secure.end();
  }

  destroy(): void {
    this.ending = true;
    this.session?.destroy();
    this.secure?.destroy();
    this.raw.destroy();
  }
}
