import type { IncomingHttpHeaders } from 'node:http';
import { MAX_BODY_BYTES } from './read-body.ts';

/** What of a request decides whether it is answered at all. */
export interface AdminRequest {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether it came over the Unix socket, whose file mode has let only the owner in. */
  readonly over_socket: boolean;
}

export interface AdminRefusal {
  readonly status: number;
  readonly error: string;
  readonly allow?: string;
}

/** What can be asked for, by path, and how. */
export const ROUTES = {
  '/live': 'GET',
  '/ready': 'GET',
  '/metrics': 'GET',
  '/status': 'GET',
  '/reload': 'POST',
  '/certificates': 'POST',
} as const;

export type AdminPath = keyof typeof ROUTES;

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?$/;

/**
 * Why a request is not answered; null where it is.
 *
 * A loopback port can be reached by every page that a browser on this machine shows. Three things keep such pages out:
 * the name they think they speak to (DNS rebinding), the marks a browser puts on what a page sends, and that nothing can
 * be changed here at all. What changes the gate goes over the socket.
 */
export function judgeRequest({ method, target, headers, over_socket }: AdminRequest): AdminRefusal | null {
  if (!over_socket) {
    if (!LOOPBACK_HOST.test(headers.host ?? '')) return { status: 421, error: 'this host is not served here' };
    if (isFromPage(headers)) return { status: 403, error: 'pages are not answered here' };
  }
  if (!isAdminPath(target)) return { status: 404, error: 'there is no such path' };
  const allow = ROUTES[target];
  if (method !== allow) return { status: 405, error: `the method here is ${allow}`, allow };
  if (allow !== 'GET' && !over_socket) {
    return { status: 403, error: 'what changes the gate is asked for over its Unix socket' };
  }
  if (target === '/certificates') return judgeBody(headers);
  return hasBody(headers) ? { status: 413, error: 'no body is read here' } : null;
}

export function isAdminPath(target: string): target is AdminPath {
  return Object.hasOwn(ROUTES, target);
}

/** `Sec-Fetch-Site: none` is what a browser sends for an address that its user typed (Fetch Metadata, section 2.4). */
function isFromPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Its length is told first, so that nothing is read that is too long. */
function judgeBody({ 'content-length': length, 'transfer-encoding': coding, expect }: IncomingHttpHeaders) {
  if (expect !== undefined) return { status: 417, error: 'nobody is told to go on here' };
  if (length === undefined || coding !== undefined) return { status: 411, error: 'a length is wanted here' };
  return Number(length) <= MAX_BODY_BYTES ? null : { status: 413, error: 'no body of this length is read here' };
}
