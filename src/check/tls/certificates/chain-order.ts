import type { ParsedCertificate } from '../../../core/trust/index.ts';
import type { Roots } from './roots.ts';
import type { SentCertificate } from './sent-certificate.ts';
import type { ChainOrder } from './sent-chain.ts';
import type { Signatures } from './signatures.ts';

export interface OrderRequest {
  /** By their place in the chain; null for what cannot be read. The first can. */
  readonly parsed: readonly (ParsedCertificate | null)[];
  readonly described: readonly (SentCertificate | null)[];
  /** Every root that is known. */
  readonly roots: readonly Roots[];
  readonly has_private_roots: boolean;
  readonly signatures: Signatures;
}

/** How what was sent hangs together, whoever is trusted. */
export function chainOrder(request: OrderRequest): ChainOrder {
  const path = pathThrough(request);
  const last = request.described[path.at(-1)!]!;
  return {
    path,
    extra: extraOf(path, request),
    misordered: path.some((place, index) => index > 0 && place < path[index - 1]!),
    root_sent: path.length > 1 && last.self_signed,
    end: endOf(path, request),
    last_issuer: last.issuer,
  };
}

/** From the leaf, by who signed whom; the one that stands nearest behind is taken first. */
function pathThrough({ parsed, described, signatures }: OrderRequest): readonly number[] {
  const path = [0];
  for (;;) {
    const at = path.at(-1)!;
    if (described[at]!.self_signed) return path;
    const places = [...parsed.keys()].map((step) => (at + 1 + step) % parsed.length);
    const next = places.find((place) => {
      const issuer = parsed[place];
      const is_new = !path.some((one) => parsed[one]!.thumbprint === issuer?.thumbprint);
      return issuer !== null && issuer !== undefined && is_new && signatures.isIssuedBy(parsed[at]!, issuer);
    });
    if (next === undefined) return path;
    path.push(next);
  }
}

/** Another certificate of a CA on the path is of use to who knows another root. */
function extraOf(path: readonly number[], { parsed, signatures }: OrderRequest): readonly number[] {
  const ids = new Set(path.map((place) => parsed[place]!.thumbprint));
  return [...parsed.keys()].filter((place) => {
    if (path.includes(place)) return false;
    const certificate = parsed[place];
    if (certificate === null || certificate === undefined || ids.has(certificate.thumbprint)) return true;
    return !path.some((below) => signatures.isIssuedBy(parsed[below]!, certificate));
  });
}

function endOf(path: readonly number[], request: OrderRequest): ChainOrder['end'] {
  const { parsed, described, roots, has_private_roots, signatures } = request;
  const last = described[path.at(-1)!]!;
  if (last.self_signed) return path.length === 1 ? 'self-signed' : 'complete';
  const ends = path.some((place) => {
    const certificate = parsed[place]!;
    const issuers = roots.flatMap((known) => known.bySubject(certificate.issuer));
    return (
      roots.some((known) => known.has(certificate.thumbprint)) ||
      issuers.some((issuer) => signatures.isIssuedBy(certificate, issuer))
    );
  });
  if (ends) return 'complete';
  const says_more = last.extensions?.has_issuer_url === true || (described[0]?.extensions?.scts ?? 0) > 0;
  return says_more || has_private_roots ? 'incomplete' : 'unknown';
}
