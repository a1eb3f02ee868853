import type { PolicySettings } from './policy.ts';
import type { Rule } from './rule.ts';
import type { TlsEvidence } from './tls/evidence.ts';
import { aead } from './tls/rules/aead.ts';
import { allowedCipherSuites } from './tls/rules/allowed-cipher-suites.ts';
import { allowedGroups } from './tls/rules/allowed-groups.ts';
import { allowedVersions } from './tls/rules/allowed-versions.ts';
import { brokenCiphers } from './tls/rules/broken-ciphers.ts';
import { certificateExpirySoon } from './tls/rules/certificate-expiry-soon.ts';
import { certificateKey } from './tls/rules/certificate-key.ts';
import { certificateKind } from './tls/rules/certificate-kind.ts';
import { certificateLifetime } from './tls/rules/certificate-lifetime.ts';
import { certificateName } from './tls/rules/certificate-name.ts';
import { certificateProof } from './tls/rules/certificate-proof.ts';
import { certificateSignature } from './tls/rules/certificate-signature.ts';
import { certificateTransparency } from './tls/rules/certificate-transparency.ts';
import { certificateTrust } from './tls/rules/certificate-trust.ts';
import { certificateUsage } from './tls/rules/certificate-usage.ts';
import { certificateValidity } from './tls/rules/certificate-validity.ts';
import { chainComplete } from './tls/rules/chain-complete.ts';
import { chainOrder } from './tls/rules/chain-order.ts';
import { clientOrder } from './tls/rules/client-order.ts';
import { clientRenegotiation } from './tls/rules/client-renegotiation.ts';
import { compression } from './tls/rules/compression.ts';
import { dhSize } from './tls/rules/dh-size.ts';
import { earlyData } from './tls/rules/early-data.ts';
import { fallbackScsv } from './tls/rules/fallback-scsv.ts';
import { forwardSecrecy } from './tls/rules/forward-secrecy.ts';
import { heartbleed } from './tls/rules/heartbleed.ts';
import { hsts } from './tls/rules/hsts.ts';
import { httpRedirect } from './tls/rules/http-redirect.ts';
import { modernProtocols } from './tls/rules/modern-protocols.ts';
import { ocspResponse } from './tls/rules/ocsp-response.ts';
import { ocspStaple } from './tls/rules/ocsp-staple.ts';
import { oldProtocols } from './tls/rules/old-protocols.ts';
import { postQuantumGroup } from './tls/rules/post-quantum-group.ts';
import { secureRenegotiation } from './tls/rules/secure-renegotiation.ts';
import { tls13 } from './tls/rules/tls13.ts';

export type TlsRule = Rule<TlsEvidence, PolicySettings>;

/**
 * Every rule there is about TLS, in the order of a report: versions, ciphers, key exchange, what a connection may do,
 * certificates, their chain, HTTP, and the lists of a policy.
 */
export const TLS_RULES = [
  oldProtocols,
  modernProtocols,
  tls13,
  fallbackScsv,
  brokenCiphers,
  aead,
  forwardSecrecy,
  dhSize,
  postQuantumGroup,
  secureRenegotiation,
  clientRenegotiation,
  compression,
  earlyData,
  heartbleed,
  certificateTrust,
  certificateName,
  certificateProof,
  certificateValidity,
  certificateExpirySoon,
  certificateLifetime,
  certificateTransparency,
  certificateUsage,
  ocspStaple,
  ocspResponse,
  certificateKey,
  certificateSignature,
  chainComplete,
  chainOrder,
  httpRedirect,
  hsts,
  allowedVersions,
  allowedCipherSuites,
  allowedGroups,
  clientOrder,
  certificateKind,
] as const satisfies readonly TlsRule[];

export type TlsRuleId = (typeof TLS_RULES)[number]['id'];
