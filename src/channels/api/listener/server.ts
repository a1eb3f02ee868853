import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { ListenerOptions } from './options.ts';

/** How often node:http looks for header sections that are late. */
const HEADERS_CHECK_MS = 1000;

/** The TLS server with the caps and timers of both versions of HTTP; it does not listen yet. */
export function createTlsServer(options: ListenerOptions): Http2SecureServer {
  const { timeouts } = options;
  const server = createSecureServer({
    ...options.tls,
    allowHTTP1: true,
    requestCert: true,
    // Node's own verdict would end a refused connection without a record. The chain is verified in core/trust, on
    // every connection, resumed ones included (invariant 10); no exchange passes `authenticate` without it.
    rejectUnauthorized: false,
    handshakeTimeout: timeouts.handshake_ms,
    maxHeaderSize: options.max_header_bytes,
    headersTimeout: timeouts.headers_ms,
    requestTimeout: 0,
    keepAliveTimeout: timeouts.idle_ms,
    connectionsCheckingInterval: HEADERS_CHECK_MS,
    requireHostHeader: false,
    settings: {
      enablePush: false,
      enableConnectProtocol: false,
      maxConcurrentStreams: options.max_streams,
      maxHeaderListSize: options.max_header_bytes,
    },
    maxSettings: 16,
    maxSessionInvalidFrames: 20,
    maxSessionRejectedStreams: 20,
    // Up to here they are counted, and refused with an answer, by the transport.
    maxHeaderListPairs: 1024,
    // Opening and resetting costs us more than the far end (CVE-2023-44487).
    streamResetBurst: 200,
    streamResetRate: 33,
    unknownProtocolTimeout: timeouts.handshake_ms,
  } as Parameters<typeof createSecureServer>[0]);
  // node:http2 copies only some of the HTTP/1.1 settings from its options; node:http reads them from the server.
  Object.assign(server, {
    headersTimeout: timeouts.headers_ms,
    requestTimeout: 0,
    keepAliveTimeout: timeouts.idle_ms,
    maxHeadersCount: 128,
  });
  return server;
}
