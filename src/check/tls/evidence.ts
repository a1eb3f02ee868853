/** What a prober saw of one endpoint. Rules read this and nothing else. */

/**
 * - `accepted`: the server chose it
 * - `refused`: the server said no, or hung up, and speaks TLS otherwise
 * - `unknown`: it said neither in time, or something else
 */
export type Acceptance = 'accepted' | 'refused' | 'unknown';

/** Who decides among what both can: `one` where there is no choice. */
export type Order = 'server' | 'client' | 'one' | 'unknown';

/** Everything the server takes out of what was offered, the preferred first where the server has an order. */
export interface Found {
  readonly values: readonly number[];
  /** False where the server stopped answering before it had said no to the rest. */
  readonly complete: boolean;
}

export interface VersionEvidence {
  /** 0x0300 to 0x0304. */
  readonly version: number;
  readonly acceptance: Acceptance;
  /** What the server did instead of accepting; null where it accepted. */
  readonly reason: string | null;
  readonly cipher_suites: Found;
  readonly order: Order;
  /** Named groups; empty before TLS 1.2. */
  readonly groups: Found;
}

export interface TlsEvidence {
  /** SSL 3.0 to TLS 1.3, the oldest first. */
  readonly versions: readonly VersionEvidence[];
  /** Of ServerHellos before TLS 1.3: types of extensions that were answered. */
  readonly extensions: ReadonlySet<number>;
  /** TLS compression was chosen when it was offered; null where nothing before TLS 1.3 was accepted or answered. */
  readonly compression: boolean | null;
  /** Sizes of Diffie-Hellman groups by suite, and of temporary RSA keys of export suites, in bits. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Chosen out of `h2` and `http/1.1`, before TLS 1.3; null for none. */
  readonly alpn: string | null;
  /** The server asks for a certificate of the client; null where nothing before TLS 1.3 was accepted. */
  readonly client_certificate: boolean | null;
  /** Chains as sent before TLS 1.3, DER, one for each leaf. */
  readonly chains: readonly (readonly Buffer[])[];
}
