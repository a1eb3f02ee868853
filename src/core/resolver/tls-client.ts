import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { LoadError } from '../errors/faults.ts';
import { judgeKey } from '../trust/key-policy.ts';
import { clientTlsOptions, type TlsProfileOptions } from '../trust/tls-profile.ts';
import { DialError, platformReason } from './dial-error.ts';

/** The client half of a TLS profile: `clientTlsOptions` of core/trust. */
export type TlsClientProfile = TlsProfileOptions;

export interface TlsClientOptions {
  /** The name, or literal address, the far end has to prove (RFC 9525). */
  readonly server_name: string;
  /** PEM certificates that may vouch for it, or `system` for the operating system's roots. */
  readonly ca: readonly string[] | 'system';
  /** Default: `intermediate`, since many services inside speak TLS 1.2 only. */
  readonly profile?: TlsClientProfile;
}

/** What a handshake proved. */
export interface UpstreamEvidence {
  readonly tls_version: string;
  /** IANA name of the cipher suite. */
  readonly cipher: string;
  /** Key exchange group, such as `X25519MLKEM768`, where the platform tells it. */
  readonly group: string | null;
  /** SHA-256 over the leaf certificate's DER, lower-case hex. */
  readonly peer_thumbprint: string;
}

/** A TLS configuration compiled once, used for every connection to one upstream. */
export interface TlsClient {
  readonly server_name: string;
  /**
   * Runs the handshake on a connected socket. On failure the socket is destroyed.
   * @throws DialError FORWARD_UNPROVEN, FORWARD_LATE
   */
  handshake(socket: Socket, timeout_ms: number): Promise<{ socket: TLSSocket; evidence: UpstreamEvidence }>;
}

/**
 * Every connection makes a full handshake and verifies the whole chain: sessions are not resumed, so a CA
 * that was withdrawn at a reload stops counting at once. No option turns verification off.
 *
 * @throws LoadError CERT_UNREADABLE when a CA certificate cannot be read or there is none.
 */
export function createTlsClient(options: TlsClientOptions): TlsClient {
  const { server_name, profile = clientTlsOptions('intermediate') } = options;
  const context = secureContext(options.ca, profile);
  return {
    server_name,
    handshake: (socket, timeout_ms) => handshake(socket, timeout_ms, server_name, context),
  };
}

function secureContext(ca: readonly string[] | 'system', profile: TlsClientProfile): SecureContext {
  const anchors = ca === 'system' ? getCACertificates('system') : readAnchors(ca);
  if (anchors.length === 0) {
    const message = ca === 'system' ? 'the system has no root certificates' : 'no CA certificate was given';
    throw unreadable(message, 'Name a PEM bundle with the CA of the upstream.');
  }
  try {
    return createSecureContext({ ...profile, ca: anchors });
  } catch (error) {
    throw unreadable(`the TLS client cannot be set up (${platformReason(error)})`);
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Every certificate of every bundle, each read once here: Node passes over what it cannot read. */
function readAnchors(bundles: readonly string[]): string[] {
  return bundles.flatMap((bundle) => {
    const blocks = bundle.match(PEM_CERTIFICATE) ?? [];
    if (blocks.length === 0) throw unreadable('a CA bundle holds no PEM certificate');
    for (const block of blocks) assertReadable(block);
    return blocks;
  });
}

function assertReadable(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw unreadable(`a CA certificate cannot be read (${platformReason(error)})`);
  }
}

function unreadable(message: string, suggestion?: string): LoadError {
  return new LoadError([{ code: 'CERT_UNREADABLE', message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}

function handshake(socket: Socket, timeout_ms: number, server_name: string, context: SecureContext) {
  return new Promise<{ socket: TLSSocket; evidence: UpstreamEvidence }>((resolve, reject) => {
    const tls = connect({
      socket,
      secureContext: context,
      // SNI carries DNS names only (RFC 6066 section 3); an address is proven by its iPAddress SAN alone.
      servername: isIP(server_name) === 0 ? server_name : '',
      host: server_name,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: true,
      checkServerIdentity: (_host, certificate) => proveName(server_name, certificate),
    });
    const timer = setTimeout(() => fail(new DialError('FORWARD_LATE', 'TLS handshake')), timeout_ms);
    const fail = (error: DialError) => {
      clearTimeout(timer);
      tls.on('error', ignore);
      tls.destroy();
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error) => fail(new DialError('FORWARD_UNPROVEN', platformReason(error)));
    const onClose = () => fail(new DialError('FORWARD_UNPROVEN', 'closed during the TLS handshake'));
    tls.once('error', onError);
    tls.once('close', onClose);
    tls.once('secureConnect', () => {
      clearTimeout(timer);
      tls.off('error', onError);
      tls.off('close', onClose);
      // TLS 1.2: a server must not be able to change its certificate under a running connection.
      tls.disableRenegotiation();
      if (!tls.authorized) return fail(new DialError('FORWARD_UNPROVEN', 'not authorized'));
      if (!hasSoundKey(tls)) return fail(new DialError('FORWARD_UNPROVEN', 'key of the certificate not accepted'));
      tls.on('error', ignore);
      resolve({ socket: tls, evidence: evidenceOf(tls) });
    });
  });
}

/** RFC 9525 section 6: only subjectAltName counts; Node would fall back to the common name. */
function proveName(server_name: string, certificate: PeerCertificate): Error | undefined {
  if (!certificate.subjectaltname) {
    return Object.assign(new Error('no subjectAltName'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  }
  return checkServerIdentity(server_name, certificate);
}

/** The policy for keys is one for all; OpenSSL would take any RSA exponent, for one. */
function hasSoundKey(tls: TLSSocket): boolean {
  const leaf = tls.getPeerX509Certificate();
  try {
    return leaf !== undefined && judgeKey(leaf.publicKey).ok;
  } catch {
    // A key that cannot be read.
    return false;
  }
}

function evidenceOf(tls: TLSSocket): UpstreamEvidence {
  const ephemeral = tls.getEphemeralKeyInfo() as { name?: string } | null;
  return {
    tls_version: tls.getProtocol() ?? 'unknown',
    cipher: tls.getCipher().standardName,
    // OpenSSL's own name for the one group IANA calls otherwise.
    group: ephemeral?.name === 'prime256v1' ? 'secp256r1' : (ephemeral?.name ?? null),
    peer_thumbprint: (tls.getPeerX509Certificate()?.fingerprint256 ?? '').replaceAll(':', '').toLowerCase(),
  };
}

/** A socket must never be without an error listener; its owner learns of the end from `close`. */
function ignore(): void {}
