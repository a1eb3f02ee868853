/** What the connection proved, as policies see it; constant while the connection is open. */

export interface PolicyContext {
  /** Name of the zone the exchange came in by. */
  readonly zone: string;
  readonly tls: {
    /** `TLSv1.2` or `TLSv1.3`. */
    readonly version: string;
    /** IANA name of the cipher suite, such as `TLS_AES_256_GCM_SHA384`. */
    readonly cipher: string;
    /** Name of the key exchange group; empty when unknown. */
    readonly group: string;
    readonly resumed: boolean;
  };
  readonly certificate: {
    /** Name of the trust the chain leads to; null for a certificate pinned by its thumbprint. */
    readonly trust: string | null;
    /** `RSA`, `RSA-PSS`, `EC`, `Ed25519` or `Ed448`. */
    readonly key_type: string;
    readonly key_bits: number;
    /** SHA-256 of the DER, lower-case hex. */
    readonly thumbprint: string;
  };
}

/** A context with the text it is remembered by. Prepare once per connection; independent of any engine. */
export interface PreparedContext {
  /** Holds every field, unambiguously: equal keys mean equal contexts. */
  readonly key: string;
  readonly value: PolicyContext;
}

/** Copies exactly the declared fields, so that key and value cannot drift apart afterwards. */
export function prepareContext(context: PolicyContext): PreparedContext {
  const { version, cipher, group, resumed } = context.tls;
  const { trust, key_type, key_bits, thumbprint } = context.certificate;
  const value: PolicyContext = {
    zone: context.zone,
    tls: { version, cipher, group, resumed },
    certificate: { trust, key_type, key_bits, thumbprint },
  };
  return { key: JSON.stringify(value), value };
}

/** Cedar has no null: an absent trust is an absent attribute. */
export function cedarContext(context: PolicyContext) {
  const { trust, ...certificate } = context.certificate;
  return {
    zone: context.zone,
    tls: { ...context.tls },
    certificate: trust === null ? certificate : { ...certificate, trust },
  };
}

/** The parts of a context a question may leave out: see {@link exampleContext}. */
export interface PartialContext {
  readonly zone?: string | undefined;
  readonly tls?: Partial<PolicyContext['tls']> | undefined;
  readonly certificate?: Partial<PolicyContext['certificate']> | undefined;
}

/**
 * The connection `policy explain` and `policy test` assume where the question does not say: TLS 1.3, not
 * resumed, a pinned P-256 certificate, in the given zone. The group is empty, as it is at the gate: node:tls does not
 * tell a server which one was agreed on.
 */
export function exampleContext(zone: string, given: PartialContext = {}): PolicyContext {
  return {
    zone: given.zone ?? zone,
    tls: {
      version: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      group: '',
      resumed: false,
      ...given.tls,
    },
    certificate: { trust: null, key_type: 'EC', key_bits: 256, thumbprint: '0'.repeat(64), ...given.certificate },
  };
}
