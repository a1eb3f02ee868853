import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { MAX_PRESENTED, MAX_PRESENTED_BYTES } from './path-building.ts';

export interface PeerCertificates {
  /** DER of the certificate whose key was proven. */
  readonly leaf: Buffer;
  /** DER of the others, without the leaf and those too large to be read; empty on a resumed session. */
  readonly presented: readonly Buffer[];
}

/**
 * The certificates of the far end, or null where it sent none. What Node says about them (`authorized`) is not
 * looked at: on a resumed session it is the verdict of then, not of now.
 */
export function peerCertificates(socket: Pick<TLSSocket, 'getPeerX509Certificate'>): PeerCertificates | null {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return null;
  const presented: Buffer[] = [];
  let issuer: X509Certificate | undefined = leaf.issuerCertificate;
  while (issuer && presented.length < MAX_PRESENTED) {
    const { raw } = issuer;
    if (raw.length <= MAX_PRESENTED_BYTES) presented.push(raw);
    issuer = issuer.issuerCertificate;
  }
  return { leaf: leaf.raw, presented };
}
