/** Extensions of a ClientHello that asks what a server can do. */
import { uint16, uint16s, vector8, vector16 } from './vectors.ts';

export interface Extension {
  readonly type: number;
  readonly body: Buffer;
}

/** Types by IANA's registry of ExtensionType values. */
export const EXTENSION = {
  server_name: 0x0000,
  status_request: 0x0005,
  supported_groups: 0x000a,
  ec_point_formats: 0x000b,
  signature_algorithms: 0x000d,
  heartbeat: 0x000f,
  alpn: 0x0010,
  signed_certificate_timestamp: 0x0012,
  encrypt_then_mac: 0x0016,
  extended_master_secret: 0x0017,
  session_ticket: 0x0023,
  pre_shared_key: 0x0029,
  early_data: 0x002a,
  supported_versions: 0x002b,
  psk_key_exchange_modes: 0x002d,
  certificate_authorities: 0x002f,
  key_share: 0x0033,
  renegotiation_info: 0xff01,
} as const;

/** RFC 6066 section 3; a DNS name, never an address. */
export function serverName(name: string): Extension {
  return { type: EXTENSION.server_name, body: vector16(Buffer.of(0), vector16(Buffer.from(name, 'latin1'))) };
}

/** RFC 6066 section 8: OCSP, any responder, no extensions of the request. */
export function statusRequest(): Extension {
  return { type: EXTENSION.status_request, body: Buffer.concat([Buffer.of(1), vector16(), vector16()]) };
}

/** RFC 8446 section 4.2.7, RFC 8422 section 5.1.1. */
export function supportedGroups(groups: readonly number[]): Extension {
  return { type: EXTENSION.supported_groups, body: vector16(uint16s(groups)) };
}

/** RFC 8422 section 5.1.2: uncompressed. */
export function ecPointFormats(): Extension {
  return { type: EXTENSION.ec_point_formats, body: vector8(Buffer.of(0)) };
}

/** RFC 8446 section 4.2.3. */
export function signatureAlgorithms(schemes: readonly number[]): Extension {
  return { type: EXTENSION.signature_algorithms, body: vector16(uint16s(schemes)) };
}

/** RFC 7301 section 3.1. */
export function alpn(names: readonly string[]): Extension {
  const list = names.map((name) => vector8(Buffer.from(name, 'latin1')));
  return { type: EXTENSION.alpn, body: vector16(...list) };
}

/** RFC 7366 section 2. */
export function encryptThenMac(): Extension {
  return { type: EXTENSION.encrypt_then_mac, body: Buffer.alloc(0) };
}

/** RFC 7627 section 5.1. */
export function extendedMasterSecret(): Extension {
  return { type: EXTENSION.extended_master_secret, body: Buffer.alloc(0) };
}

/** RFC 5077 section 3.2: no ticket yet, one is welcome. */
export function sessionTicket(): Extension {
  return { type: EXTENSION.session_ticket, body: Buffer.alloc(0) };
}

/** RFC 8446 section 4.2.1. */
export function supportedVersions(versions: readonly number[]): Extension {
  return { type: EXTENSION.supported_versions, body: vector8(uint16s(versions)) };
}

export interface KeyShare {
  readonly group: number;
  readonly key_exchange: Buffer;
}

/** RFC 8446 section 4.2.8. With no share at all the server names the group it wants in a HelloRetryRequest. */
export function keyShare(shares: readonly KeyShare[]): Extension {
  const entries = shares.map(({ group, key_exchange }) => Buffer.concat([uint16(group), vector16(key_exchange)]));
  return { type: EXTENSION.key_share, body: vector16(...entries) };
}

/** RFC 5746 section 3.4: a first handshake, so nothing to bind to. */
export function renegotiationInfo(): Extension {
  return { type: EXTENSION.renegotiation_info, body: vector8() };
}

/** RFC 6520 section 2: the other end may send heartbeats. */
export function heartbeat(): Extension {
  return { type: EXTENSION.heartbeat, body: Buffer.of(1) };
}

/** RFC 6962 section 3.3.1. */
export function signedCertificateTimestamp(): Extension {
  return { type: EXTENSION.signed_certificate_timestamp, body: Buffer.alloc(0) };
}

/** RFC 8446 section 4.2.9: psk_dhe_ke alone. */
export function pskKeyExchangeModes(): Extension {
  return { type: EXTENSION.psk_key_exchange_modes, body: vector8(Buffer.of(1)) };
}

/** RFC 8446 section 4.2.11: one identity, and room for its binder, which is of that many bytes. To be the last extension. */
export function preSharedKey(identity: Buffer, obfuscated_age: number, binder_bytes: number): Extension {
  const age = Buffer.alloc(4);
  age.writeUInt32BE(obfuscated_age);
  const identities = vector16(vector16(identity), age);
  return {
    type: EXTENSION.pre_shared_key,
    body: Buffer.concat([identities, vector16(vector8(Buffer.alloc(binder_bytes)))]),
  };
}
