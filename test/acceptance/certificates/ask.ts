/** Orders sent straight to the admin socket, past the command that would refuse them. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { ask } from '../../admin/world.ts';
import type { Site } from '../durability/site.ts';

export interface Ordered {
  readonly status: number;
  readonly code: string | null;
  readonly reason: string | null;
  readonly serial: string | null;
}

export const aKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

export async function order({ project }: Site, body: unknown): Promise<Ordered> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-length': String(Buffer.byteLength(text)) };
  const question = { method: 'POST', headers, body: text };
  const answer = await ask({ socket: join(project.folder, 'data', 'admin.sock') }, '/certificates', question);
  const { code = null, reason = null, serial = null } = JSON.parse(answer.body) as Partial<Ordered>;
  return { status: answer.status, code, reason, serial };
}
