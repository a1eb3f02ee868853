export { createTrustStore, type TrustBundle, type TrustStore } from './anchors.ts';
export { judgeCaCertificate } from './ca-certificate.ts';
export { readCaKey } from './ca-key.ts';
export { CertificateUnreadable, ParsedCertificate, thumbprint } from './certificate.ts';
export { type ChainMemory, createChainMemory } from './chain-memory.ts';
export type { CaOrder, Issued } from './issuing-ca.ts';
export { satisfiesConstraints } from './name-constraints.ts';
export { type PeerCertificates, peerCertificates } from './peer.ts';
export { readPem, writePem } from './pem.ts';
export { hasRocaFingerprint } from './roca.ts';
export {
  diskFiles,
  type IdentityFiles,
  loadServerIdentity,
  type ServerIdentity,
  type ServerIdentityRequest,
} from './server-identity.ts';
export { type SignatureFailure, type Signed, verifySigned } from './signed.ts';
export { clientTlsOptions, serverTlsOptions, type TlsProfileName } from './tls-profile.ts';
