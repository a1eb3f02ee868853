import type { ParsedCertificate } from '../../../core/trust/index.ts';
import type { SentChain } from '../evidence.ts';
import { chainOrder } from './chain-order.ts';
import { describeCertificate } from './describe-certificate.ts';
import { type Roots, tryParse } from './roots.ts';
import { countScts } from './scts.ts';
import type { SentCertificate } from './sent-certificate.ts';
import type { ChainOrder, JudgedChain } from './sent-chain.ts';
import { Signatures } from './signatures.ts';
import { judgeStaple } from './staple.ts';
import { judgeTrust } from './trust.ts';

export interface JudgeOptions {
  readonly public_roots: Roots;
  /** Null where none were given. */
  readonly private_roots: Roots | null;
  /** Unix milliseconds. */
  readonly now_ms: number;
}

/** Most certificates of a chain that are looked at; real ones have up to five. */
const MAX_CERTIFICATES = 16;

/** What each chain is worth. Bounded work, and never throws, whatever was sent. */
export function judgeChains(chains: readonly SentChain[], options: JudgeOptions): readonly JudgedChain[] {
  return chains.map((chain) => judgeChain(chain, options));
}

function judgeChain(chain: SentChain, { public_roots, private_roots, now_ms }: JudgeOptions): JudgedChain {
  const parsed = chain.certificates.slice(0, MAX_CERTIFICATES).map(tryParse);
  const described = parsed.map((certificate) => certificate && describeCertificate(certificate));
  const leaf = parsed[0] ?? null;
  const signatures = new Signatures();
  const sent = parsed.slice(1).filter((certificate): certificate is ParsedCertificate => certificate !== null);
  const trustBy = (roots: Roots | null) =>
    leaf === null || roots === null ? null : judgeTrust({ leaf, sent, roots, signatures, now_ms });
  const roots = private_roots === null ? [public_roots] : [public_roots, private_roots];
  const has_private_roots = private_roots !== null;
  const order = leaf && chainOrder({ parsed, described, roots, has_private_roots, signatures });
  const issuer = leaf && (parsed[issuerPlace(order, described)] ?? knownIssuer(leaf, roots, signatures));
  return {
    version: chain.version,
    server_name: chain.server_name,
    proves_key: chain.proves_key,
    certificates: described,
    left_out: chain.certificates.length - parsed.length,
    public_trust: trustBy(public_roots),
    private_trust: trustBy(private_roots),
    order,
    staples: chain.ocsp_responses.map((response) => judgeStaple({ response, leaf, issuer, now_ms })),
    scts: (described[0]?.extensions?.scts ?? 0) + (chain.sct_list === null ? 0 : countScts(chain.sct_list)),
  };
}

/** Where the issuer of the leaf stands, as sent; -1 for nowhere. */
function issuerPlace(order: ChainOrder | null, [leaf]: readonly (SentCertificate | null)[]): number {
  return order?.path[1] ?? (leaf?.self_signed === true ? 0 : -1);
}

function knownIssuer(leaf: ParsedCertificate, roots: readonly Roots[], signatures: Signatures) {
  const candidates = roots.flatMap((known) => known.bySubject(leaf.issuer));
  return candidates.find((issuer) => signatures.isIssuedBy(leaf, issuer)) ?? null;
}
