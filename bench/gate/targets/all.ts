import { floor } from './floor.ts';
import { expressGateway, fastify } from './gateways.ts';
import { haproxy } from './haproxy.ts';
import { layers } from './layer.ts';
import { nginx, nginxMtls, nginxNjs } from './nginx.ts';
import { sallyport } from './sallyport.ts';
import type { TargetKind } from './target.ts';

/** In the order of tables. */
export const TARGETS: readonly TargetKind[] = [
  floor,
  nginx,
  nginxMtls,
  haproxy,
  nginxNjs,
  fastify,
  expressGateway,
  ...layers,
  sallyport,
];

export function targetKind(name: string): TargetKind {
  const kind = TARGETS.find((target) => target.name === name);
  if (!kind) throw new Error(`there is no target ${name}`);
  return kind;
}
