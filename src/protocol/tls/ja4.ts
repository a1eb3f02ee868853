import { createHash } from 'node:crypto';
import type { ClientHello } from './client-hello-body.ts';
import { withoutGrease } from './grease.ts';

const VERSION_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

const NO_HASH = '000000000000';
const SERVER_NAME = 0x0000;
const ALPN = 0x0010;

/**
 * JA4 fingerprint of a TLS client over TCP, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`: it names the
 * client's software, not the client. Source: FoxIO JA4 technical details (BSD licence for JA4 itself).
 */
export function ja4(hello: ClientHello): string {
  return `${ja4Prefix(hello)}_${shortHash(sortedHex(hello.cipher_suites))}_${shortHash(extensionText(hello))}`;
}

/** The same with the lists in place of their hashes (JA4_r), for a person who compares two clients. */
export function ja4Raw(hello: ClientHello): string {
  return `${ja4Prefix(hello)}_${sortedHex(hello.cipher_suites)}_${extensionText(hello)}`;
}

function ja4Prefix(hello: ClientHello): string {
  const offered = withoutGrease(hello.versions);
  const version = VERSION_NAMES.get(offered.length > 0 ? Math.max(...offered) : hello.legacy_version) ?? '00';
  const sni = hello.extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const ciphers = count(withoutGrease(hello.cipher_suites));
  const extensions = count(withoutGrease(hello.extensions));
  return `t${version}${sni}${ciphers}${extensions}${alpnMark(hello.alpn[0])}`;
}

/** First and last character of the first ALPN name; where either is not alphanumeric, of its hex form. */
function alpnMark(name: string | undefined): string {
  if (!name) return '00';
  const text = /^[0-9A-Za-z](.*[0-9A-Za-z])?$/s.test(name) ? name : Buffer.from(name, 'latin1').toString('hex');
  return `${text[0]}${text[text.length - 1]}`;
}

/** Sorted extensions without SNI and ALPN, then the signature algorithms in the order sent. */
function extensionText(hello: ClientHello): string {
  const extensions = sortedHex(hello.extensions.filter((type) => type !== SERVER_NAME && type !== ALPN));
  const algorithms = withoutGrease(hello.signature_algorithms).map(hex4).join(',');
  return algorithms ? `${extensions}_${algorithms}` : extensions;
}

function sortedHex(values: readonly number[]): string {
  return withoutGrease(values).map(hex4).sort().join(',');
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function count(values: readonly number[]): string {
  return String(Math.min(values.length, 99)).padStart(2, '0');
}

function shortHash(text: string): string {
  return text === '' ? NO_HASH : createHash('sha256').update(text).digest('hex').slice(0, 12);
}
