import { request } from 'node:http';

/** Where a gate is asked. */
export type AdminTarget =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly address: string; readonly port: number };

export interface Asked {
  readonly status: number;
  readonly body: string;
}

/** The gate could not be asked; `code` is the system's word for it, or `LATE` or `LARGE`. */
export class AdminUnreachable extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the gate does not answer (${code})`);
    this.name = 'AdminUnreachable';
    this.code = code;
  }
}

export interface AdminQuery {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly timeout_ms: number;
  readonly body?: string;
}

/** More than a gate ever says. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Asks a gate on this machine.
 *
 * @throws AdminUnreachable
 */
export function askAdmin(target: AdminTarget, { method, path, timeout_ms, body }: AdminQuery): Promise<Asked> {
  const where = target.kind === 'unix' ? { socketPath: target.path } : { host: target.address, port: target.port };
  return new Promise((resolve, reject) => {
    const fail = (code: string): void => {
      clearTimeout(late);
      asking.destroy();
      reject(new AdminUnreachable(code));
    };
    const asking = request({
      ...where,
      agent: false,
      method,
      path,
      headers: {
        host: 'localhost',
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    const late = setTimeout(() => fail('LATE'), timeout_ms);
    asking.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'unknown error'));
    asking.on('response', (response) => {
      const parts: Buffer[] = [];
      let size_bytes = 0;
      response.on('data', (part: Buffer) => {
        size_bytes += part.length;
        if (size_bytes > MAX_BYTES) fail('LARGE');
        else parts.push(part);
      });
      response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'unknown error'));
      response.on('end', () => {
        clearTimeout(late);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() });
      });
    });
    asking.end(body);
  });
}
