/** What a prober saw of one endpoint. Rules read this and nothing else. */
import type { CertificateEvidence } from './certificates/sent-chain.ts';

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

/** A chain as a handshake brought it, with what others brought beside it. */
export interface SentChain {
  /** DER, in the order sent. */
  readonly certificates: readonly Buffer[];
  /** The version of that handshake. */
  readonly version: number;
  /** The name it was asked with; null for none. */
  readonly server_name: string | null;
  /** The server has signed with the key of the leaf; null where it signed nothing, or nothing that can be read. */
  readonly proves_key: boolean | null;
  /** The OCSP responses that came with the leaf (RFC 6066 section 8), DER, each different one; empty where none did, or none was asked for. */
  readonly ocsp_responses: readonly Buffer[];
  /** The list of signed certificate timestamps that came as an extension (RFC 6962 section 3.3); null where none did. */
  readonly sct_list: Buffer | null;
}

/** `not-applicable`: the server offers nothing the question is about. `unknown`: it was not asked, or did not say. */
export type Told = 'yes' | 'no' | 'not-applicable' | 'unknown';

/** What takes more than one flight to find out, or a hello no client sends. */
export interface HandshakeEvidence {
  readonly ssl2: { readonly accepted: Told; readonly cipher_kinds: readonly number[] };
  /** Answers a heartbeat that says it is longer than it is (CVE-2014-0160). */
  readonly heartbleed: Told;
  /** Refuses a fallback where it takes a newer version (RFC 7507). */
  readonly fallback_scsv: Told;
  /** Begins another handshake within a connection when the client asks for one. */
  readonly client_renegotiation: Told;
  /** Takes a session up again, by its identifier or its ticket before TLS 1.3, by a ticket in TLS 1.3. */
  readonly resumption: { readonly session_id: Told; readonly ticket: Told; readonly tls13: Told };
  /** Tickets of TLS 1.3 allow early data (RFC 8446 section 4.2.10). */
  readonly early_data: Told;
}

export interface HttpEvidence {
  /**
   * Port 80 of the same host: where it leads, in a word of ours. `not-applicable`: the endpoint is not at port 443; null where
   * nothing was asked, or answered in time.
   */
  readonly plain:
    | 'redirects-to-https'
    | 'redirects-elsewhere'
    | 'serves'
    | 'refuses'
    | 'closed'
    | 'no-http'
    | 'not-applicable'
    | null;
  /** Of the answer over TLS, as sent and cut at 256 characters; null where there is none. */
  readonly strict_transport_security: string | null;
  /** The answer over TLS was HTTP. */
  readonly speaks_http: Told;
}

/** What is known where nothing was asked. */
export const NO_HANDSHAKES: HandshakeEvidence = {
  ssl2: { accepted: 'unknown', cipher_kinds: [] },
  heartbleed: 'unknown',
  fallback_scsv: 'unknown',
  client_renegotiation: 'unknown',
  resumption: { session_id: 'unknown', ticket: 'unknown', tls13: 'unknown' },
  early_data: 'unknown',
};

export const NO_HTTP: HttpEvidence = { plain: null, strict_transport_security: null, speaks_http: 'unknown' };

/** With what the chains are worth, which is worked out once all are there. */
export interface TlsEvidence extends ProbedEvidence, CertificateEvidence {}

export interface ProbedEvidence {
  /** SSL 3.0 to TLS 1.3, the oldest first. */
  readonly versions: readonly VersionEvidence[];
  /** Of ServerHellos before TLS 1.3: types of extensions that were answered. */
  readonly extensions: ReadonlySet<number>;
  /** TLS compression was chosen when it was offered; null where nothing before TLS 1.3 was accepted or answered. */
  readonly compression: boolean | null;
  /** Sizes of Diffie-Hellman groups by suite, and of temporary RSA keys of export suites, in bits. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Chosen out of `h2` and `http/1.1`; null for none. */
  readonly alpn: string | null;
  /** The server asks for a certificate of the client; null where that was not seen. */
  readonly client_certificate: boolean | null;
  /** Distinguished names of the CAs it asks for, DER. */
  readonly client_certificate_authorities: readonly Buffer[];
  /** Each different chain once, as it was sent to who named the server. */
  readonly chains: readonly SentChain[];
  /** What is shown to who names nobody: null where nothing is, or where no name was asked with in the first place. */
  readonly unnamed_chain: SentChain | null;
  readonly handshakes: HandshakeEvidence;
  readonly http: HttpEvidence;
}
