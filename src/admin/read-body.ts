import type { IncomingMessage } from 'node:http';

/** More than an order for a certificate has: the longest key and the longest URI. */
export const MAX_BODY_BYTES = 8 * 1024;

/** The body, whose length was judged; null where the connection ends before it is here. */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => resolve(Buffer.concat(parts).toString()));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
