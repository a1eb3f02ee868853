import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { SourceAddress } from '../../../core/audit/record.ts';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { ConnectionAdmission } from '../../../core/limits/index.ts';
import type { SpareDescriptors } from '../../../core/resolver/index.ts';
import type { Transport } from '../transport.ts';
import type { Connection } from './connection.ts';

export interface ListenerTimeouts {
  /** From accept to the end of the TLS handshake. */
  readonly handshake_ms: number;
  /** From the first byte of a header section to its last; noticed within a second. */
  readonly headers_ms: number;
  /** A connection without an exchange under way. */
  readonly idle_ms: number;
  /** A whole exchange; its answer has as long again to be sent. */
  readonly total_ms: number;
}

/** The own certificate and the profile, for node:tls. */
export type ListenerTls = SecureContextOptions & Pick<TlsOptions, 'ecdhCurve'>;

/** A connection that was closed before anything was kept of it. */
export interface RefusedSource {
  readonly zone: string;
  readonly source: SourceAddress;
  readonly tls: null;
}

export interface ListenerOptions {
  readonly zone: string;
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Inherited descriptor of a socket bound to that address and port; null opens one. */
  readonly descriptor: number | null;
  /** Host names and literal addresses served here, lower case. */
  readonly names: ReadonlySet<string>;
  readonly tls: ListenerTls;
  readonly timeouts: ListenerTimeouts;
  readonly max_header_bytes: number;
  /** HTTP/2 streams at once on a connection. */
  readonly max_streams: number;
  readonly admission: ConnectionAdmission;
  /** Descriptors held back for upstreams; while some are missing, what connects is closed in their favour. */
  readonly spare: Pick<SpareDescriptors, 'short' | 'refill'> | null;
  readonly now: () => number;
  /** Key of the session tickets, 48 bytes. */
  readonly ticket_key: Buffer;
  /** A request has arrived. Resolves when its exchange is over; never rejects. */
  readonly onRequest: (transport: Transport, connection: Connection) => Promise<void>;
  /** A connection was refused before there was a request. Resolves when that is on record; never rejects. */
  readonly onRefused: (connection: Connection | RefusedSource, code: RefusalCode, reason: string) => Promise<void>;
}
