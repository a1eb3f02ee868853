import { Refusal, type RefusalCode } from '../../../core/errors/index.ts';
import { authenticateCertificate } from '../../../core/identity/index.ts';
import { prepareContext } from '../../../core/policy/index.ts';
import { type PeerCertificates, thumbprint } from '../../../core/trust/index.ts';
import type { ApiExchange } from '../exchange.ts';
import type { Connection, Proof } from '../listener/connection.ts';
import type { ZonePlan } from '../plan.ts';

/**
 * The certificate names exactly one machine.
 *
 * The proof is made by core/trust and core/identity, on every connection, resumed ones included, and again
 * whenever the plan in force is another than the one it was made under. Within one plan it is kept with the
 * connection, for as long as every certificate of the path is valid; a refusal for as long as the plan, so that a
 * stranger cannot have it worked out again for every stream.
 */
export function authenticate(exchange: ApiExchange, now_ms: number): void {
  const proof = proofOf(exchange.connection, exchange.zone_plan, now_ms);
  exchange.presented_credential = proof.credential;
  if (proof.code !== null) throw new Refusal(proof.code);
  exchange.caller = proof.caller;
  exchange.policy_context = proof.context;
}

/** The proof of a connection under a plan: the kept one, or made anew. */
export function proofOf(connection: Connection, zone: ZonePlan, now_ms: number): Proof {
  const kept = connection.proof;
  if (kept && kept.zone_plan === zone && now_ms < kept.valid_until_ms) return kept;
  const proof = prove(connection, zone, now_ms);
  connection.proof = proof;
  return proof;
}

/** Refusals that another time may lift: they are worked out anew. Each stands behind the signatures of an anchor. */
const OF_THE_MOMENT: ReadonlySet<RefusalCode> = new Set(['AUTHN_CERT_NOT_YET_VALID', 'AUTHN_CERT_EXPIRED']);

function refused(zone_plan: ZonePlan, code: RefusalCode, credential: string | null): Proof {
  const valid_until_ms = OF_THE_MOMENT.has(code) ? 0 : Number.POSITIVE_INFINITY;
  return { zone_plan, valid_until_ms, code, credential, caller: null, context: null };
}

function prove(connection: Connection, zone: ZonePlan, now_ms: number): Proof {
  const { presented, tls } = connection;
  if (!presented || !tls) return refused(zone, 'AUTHN_NONE', null);
  const others = issuersOf(presented, tls.resumed, zone);
  const result = authenticateCertificate({
    leaf: presented.leaf,
    presented: others,
    store: zone.trust,
    registry: zone.registry,
    zone: zone.id,
    now_ms,
  });
  if (!result.ok) return refused(zone, result.code, result.thumbprint);
  const { principal, facts, anchor } = result;
  zone.chains.remember(facts.thumbprint, others);
  // The next plan has a memory of its own, and must find what this connection was proven by.
  connection.presented = { leaf: presented.leaf, presented: others };
  return {
    zone_plan: zone,
    valid_until_ms: facts.path_not_after_ms,
    code: null,
    credential: facts.thumbprint,
    caller: {
      machine: principal.machine,
      party: principal.party,
      groups: principal.groups,
      credential: facts.thumbprint,
    },
    context: prepareContext({
      zone: zone.id,
      tls: { version: tls.version ?? '', cipher: tls.cipher ?? '', group: tls.group ?? '', resumed: tls.resumed },
      certificate: {
        trust: anchor?.name ?? null,
        key_type: facts.key_type,
        key_bits: facts.key_bits,
        thumbprint: facts.thumbprint,
      },
    }),
  };
}

/** The other certificates of the client; a resumed session shows the leaf alone. */
function issuersOf({ leaf, presented }: PeerCertificates, resumed: boolean, zone: ZonePlan): readonly Buffer[] {
  return resumed && presented.length === 0 ? zone.chains.recall(thumbprint(leaf)) : presented;
}
