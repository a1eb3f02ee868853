import { provesKeyExchange } from '../../protocol/tls/key-exchange-proof.ts';
import type { ServerFlight } from '../../protocol/tls/server-flight.ts';
import { TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Answer } from './ask.ts';
import type { ProbedEvidence, SentChain } from './evidence.ts';
import type { Offer } from './offers.ts';
import { SeenChains } from './seen-chains.ts';

/** What any flight before TLS 1.3 shows beside the answer to what was asked. */
export class Seen {
  readonly #extensions = new Set<number>();
  readonly #sizes = new Map<number, number>();
  readonly #chains = new SeenChains();
  readonly #server_name: string | null;

  constructor(server_name: string | null) {
    this.#server_name = server_name;
  }

  remember(offer: Pick<Offer, 'version'>, hello: Buffer, { flight }: Answer): void {
    if (flight.server_hello === null || offer.version === TLS_1_3) return;
    for (const type of flight.server_hello.extensions) this.#extensions.add(type);
    this.#rememberSize(flight);
    const { certificates, ocsp_response } = flight;
    const { version, sct_list } = flight.server_hello;
    if (certificates === null) return;
    const proves_key = provenBy(flight, hello);
    const ocsp_responses = ocsp_response === null ? [] : [ocsp_response];
    this.rememberChain({ certificates, version, server_name: this.#server_name, proves_key, ocsp_responses, sct_list });
  }

  rememberChain(chain: SentChain): void {
    this.#chains.remember(chain);
  }

  collected(): Pick<ProbedEvidence, 'extensions' | 'sizes' | 'chains'> {
    return { extensions: this.#extensions, sizes: this.#sizes, chains: this.#chains.all() };
  }

  /** The smallest that was seen of a suite. */
  #rememberSize({ server_hello, key_exchange }: ServerFlight): void {
    if (server_hello === null || key_exchange === null) return;
    const bits =
      key_exchange.kind === 'dhe'
        ? key_exchange.prime_bits
        : key_exchange.kind === 'rsa-export'
          ? key_exchange.modulus_bits
          : null;
    if (bits === null) return;
    const { cipher_suite } = server_hello;
    this.#sizes.set(cipher_suite, Math.min(bits, this.#sizes.get(cipher_suite) ?? bits));
  }
}

/** Where the random of a hello stands in its record: behind two headers and a version. */
const RANDOM_AT = 11;
const RANDOM_BYTES = 32;

function provenBy({ server_hello, certificates, signed_key_exchange }: ServerFlight, hello: Buffer): boolean | null {
  const leaf = certificates?.[0];
  if (server_hello === null || leaf === undefined || signed_key_exchange === null) return null;
  return provesKeyExchange({
    leaf,
    cipher_suite: server_hello.cipher_suite,
    version: server_hello.version,
    client_random: hello.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES),
    server_random: server_hello.random,
    body: signed_key_exchange,
  });
}
