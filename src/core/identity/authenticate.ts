import type { RefusalCode } from '../errors/codes.ts';
import type { TrustStore } from '../trust/anchors.ts';
import { thumbprint } from '../trust/certificate.ts';
import { type ChainVerdict, verifyClientChain, verifyPinned } from '../trust/chain.ts';
import type { CertificateFacts } from '../trust/facts.ts';
import type { Principal, Registry } from './registry.ts';

export interface AuthenticateRequest {
  /** DER of the certificate whose key the client proved. */
  readonly leaf: Buffer;
  /** DER of the other certificates it sent; on a resumed session, what is remembered of them. */
  readonly presented: readonly Buffer[];
  readonly store: TrustStore;
  readonly registry: Registry;
  readonly zone: string;
  readonly now_ms: number;
}

export interface AnchorName {
  readonly name: string;
  /** SHA-256 of the root's DER, lower-case hex. */
  readonly id: string;
}

export type Authentication =
  | {
      readonly ok: true;
      readonly principal: Principal;
      readonly facts: CertificateFacts;
      /** Null where the certificate is known by its thumbprint and leads to no anchor. */
      readonly anchor: AnchorName | null;
    }
  | {
      readonly ok: false;
      readonly code: RefusalCode;
      /** SHA-256 of what was presented, lower-case hex: of a refused certificate nothing else is worth keeping. */
      readonly thumbprint: string;
    };

/**
 * From certificate to principal, on every connection (resumed ones included).
 *
 * A pinned certificate need not lead to an anchor. Where it does, its names count too, and must agree with the pin: a
 * certificate that names two machines is refused, whichever way it names them.
 *
 * Never throws for bytes a client sent.
 */
export function authenticateCertificate(request: AuthenticateRequest): Authentication {
  const { leaf, registry, zone, now_ms } = request;
  const chain = verifyClientChain(request);
  const id = thumbprint(leaf);
  const verdict = chain.ok || !registry.pinned(id) ? chain : pinnedVerdict(leaf, now_ms);
  if (!verdict.ok) return { ...verdict, thumbprint: id };
  const { anchor, facts } = verdict;
  const identity = registry.identify({ trust: anchor?.name ?? null, facts, zone });
  return identity.ok ? { ok: true, principal: identity.principal, facts, anchor } : { ...identity, thumbprint: id };
}

type Verdict = ChainVerdict | { readonly ok: true; readonly anchor: null; readonly facts: CertificateFacts };

function pinnedVerdict(leaf: Buffer, now_ms: number): Verdict {
  const pinned = verifyPinned({ leaf, now_ms });
  return pinned.ok ? { ...pinned, anchor: null } : pinned;
}
