/** One thing to write to a gate, and what must be on record afterwards. */
import type { RefusalCode } from '../../../../src/core/errors/index.ts';

export interface WireCase {
  readonly name: string;
  /** Latin-1; several parts are written one after the other. */
  readonly send: string | readonly string[];
  /** Every outcome on record, in any order; null for an allowed exchange. */
  readonly outcomes: readonly (RefusalCode | null)[];
}

/** What to write, by name. */
export type Named = Readonly<Record<string, string | readonly string[]>>;

export const HOST = 'Host: localhost\r\n';
export const ORDER = '{"item":"bolt","quantity":3}';
export const CHUNKED_ORDER = `1c\r\n${ORDER}\r\n0\r\n\r\n`;

/** A well-formed request that would delete, put where another parser would look for the next request. */
export const HIDDEN = `DELETE /api/orders/0190b8a0-0000-7000-8000-000000000001 HTTP/1.1\r\n${HOST}\r\n`;

export function get(target: string, fields = '', version = 'HTTP/1.1'): string {
  return `GET ${target} ${version}\r\n${HOST}${fields}\r\n`;
}

export function post(fields: string, body: string): string {
  return `POST /api/orders HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${fields}\r\n${body}`;
}

export function chunked(body: string, fields = ''): string {
  return post(`Transfer-Encoding: chunked\r\n${fields}`, body);
}

export function withLength(length: string, body = ORDER): string {
  return post(`Content-Length: ${length}\r\n`, body);
}

/** Each is refused with this code alone, and nothing reaches the upstream. */
export function refused(code: RefusalCode, cases: Named): WireCase[] {
  return Object.entries(cases).map(([name, send]) => ({ name, send, outcomes: [code] }));
}

export function allowed(cases: Named): WireCase[] {
  return Object.entries(cases).map(([name, send]) => ({ name, send, outcomes: [null] }));
}
