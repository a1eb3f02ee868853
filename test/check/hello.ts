/** A ServerHello of TLS 1.2 with nothing in it, for servers that are a few lines of a test. */
import type { ServerFlight } from '../../src/protocol/tls/server-flight.ts';
import { TLS_1_2 } from '../../src/protocol/tls/versions.ts';

export const HELLO: NonNullable<ServerFlight['server_hello']> = {
  version: TLS_1_2,
  random: Buffer.alloc(32),
  cipher_suite: 0xc02f,
  compression_method: 0,
  extensions: [],
  hello_retry: false,
  group: null,
  share: null,
  sct_list: null,
  resumed: false,
  alpn: null,
};
