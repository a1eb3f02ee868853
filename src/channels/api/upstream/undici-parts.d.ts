/**
 * The parts of undici that carry requests, by the files they stand in: its front door loads all of undici, of which a
 * gate has no use for two thirds. The version is pinned exactly, so the files are known.
 */

declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export = Client;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export = errors;
}
