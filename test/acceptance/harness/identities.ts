/** Certificates made to order for a project: its partner CA, intermediates and clients with whatever is to be wrong. */
import { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { DAY_MS, type Forged, forge, NOW_MS, type Order, SERVER_AUTH } from '../../trust/forge.ts';
import type { Project } from './project.ts';

export type { Forged, Order };
export const ERP_URI = 'spiffe://acme.example/erp';

/** Forges against the real clock: an order's days count from now. */
export function forgeNow(order: Order): Promise<Forged> {
  const shift_days = (Date.now() - NOW_MS) / DAY_MS;
  return forge({
    ...order,
    from_days: shift_days + (order.from_days ?? -1),
    to_days: shift_days + (order.to_days ?? 30),
  });
}

export function forgeRoot(name: string): Promise<Forged> {
  return forgeNow({ name, ca: true });
}

/** Makes `root` what the zone trusts under `partner-ca`, at the next start or reload. */
export function trustOnly(project: Project, root: Forged): void {
  project.write('pki/partner-ca.pem', root.pem);
}

/** A client certificate with URI names; its chain, without root, and its key stand in FILE.pem and FILE.key. */
export async function issue(
  project: Project,
  file: string,
  order: Omit<Order, 'name'> & { readonly uris?: readonly string[]; readonly chain?: readonly Forged[] },
): Promise<Forged> {
  const { uris = [ERP_URI], chain = [], ...rest } = order;
  const names = uris.map((value) => ({ type: 'url' as const, value }));
  const leaf = await forgeNow({ name: file, ...(names.length > 0 ? { names } : {}), ...rest });
  writePair(project, file, leaf, chain);
  return leaf;
}

/** The gate's own certificate, issued anew: RSA for suites that need it, or below an intermediate. */
export async function replaceServer(
  project: Project,
  order: { readonly issuer: Forged; readonly chain: readonly Forged[]; readonly kind?: Order['kind'] },
): Promise<Forged> {
  const names = [
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '127.0.0.1' },
  ];
  const { issuer, chain, kind = 'P-256' } = order;
  const leaf = await forgeNow({ name: 'gate', issuer, kind, names, extended_key_usage: [SERVER_AUTH] });
  writePair(project, 'gate', leaf, chain);
  return leaf;
}

/** FILE.pem with leaf and chain, and FILE.key, in the PKI of the project. */
export function writePair(project: Project, file: string, leaf: Forged, chain: readonly Forged[]): void {
  project.write(join('pki', `${file}.pem`), leaf.pem + chain.map(({ pem }) => pem).join(''));
  const key = KeyObject.from(leaf.keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  project.write(join('pki', `${file}.key`), key.toString());
}
