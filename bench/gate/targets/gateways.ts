/** Gateways made of npm packages, which stand in packages of their own: the product depends on none of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { endProcess } from '../child.ts';
import type { Site } from '../site.ts';
import { expressGatewayConfiguration } from './express-gateway-config.ts';
import { freePort, KEEP, NO_CLAIMS, ownFolder, type Target, type TargetKind, textOf } from './target.ts';

const PEERS = join(import.meta.dirname, '..', '..', 'peers');

/** Where each is installed. */
const FOLDERS = { fastify: join(PEERS, 'gateways'), 'express-gateway': join(PEERS, 'express-gateway') } as const;
export type GatewayName = keyof typeof FOLDERS;
export const GATEWAY_NAMES = Object.keys(FOLDERS) as GatewayName[];

function installed(name: GatewayName): string {
  return join(FOLDERS[name], 'node_modules', name);
}

/** Of an installed package; null where it is not. */
export function gatewayVersion(name: GatewayName): string | null {
  const path = join(installed(name), 'package.json');
  if (!existsSync(path)) return null;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function missing(name: GatewayName): string | null {
  const folder = name === 'fastify' ? 'gateways' : name;
  return gatewayVersion(name) === null
    ? `is not installed (npm ci --ignore-scripts --prefix bench/peers/${folder})`
    : null;
}

export const fastify: TargetKind = {
  name: 'fastify',
  does: 'client certificates verified, one of them known, routes of the contract, parameters and bodies judged by ajv, answers written by fast-json-stringify (so trimmed), a rate for each certificate in memory, a log line by pino',
  does_not:
    'policy, answers judged before they are written, strict JSON (duplicate names and numbers as written are lost), guards, budgets of party and operation, durable records and intents, HTTP/2, streams',
  claims: { mtls: true, trims: true, judges_bodies: true },
  compiles: true,
  missing: () => missing('fastify'),
  async start({ site }) {
    const folder = ownFolder(site, 'fastify');
    const options = {
      ...site.server,
      upstream_url: site.upstream_url,
      connections: site.connections,
      client_ca: site.partner_ca,
      client_sha1: site.client_sha1,
      log: join(folder, 'exchanges.log'),
    };
    const child = forkQuietly('fastify', 'fastify.mjs', JSON.stringify(options), folder);
    const port = (await firstMessage('fastify', child, folder)) as number;
    return targetOf(child, site, port);
  },
};

export const expressGateway: TargetKind = {
  name: 'express-gateway',
  does: 'client certificates verified by the CA, methods and paths, a log line',
  does_not:
    'who a certificate names, limits (its rate limit needs a Redis), policy, parameters, bodies and answers judged or trimmed (its json-schema condition was not got to hold for a right body), guards, durable records and intents, HTTP/2; it is not maintained any more (last version of 2021)',
  claims: { ...NO_CLAIMS, mtls: true },
  compiles: true,
  missing: () => missing('express-gateway'),
  async start({ site }) {
    const folder = ownFolder(site, 'express-gateway');
    const port = await freePort();
    const config = join(folder, 'config');
    mkdirSync(config);
    const shipped = join(installed('express-gateway'), 'lib', 'config');
    cpSync(join(shipped, 'models'), join(config, 'models'), { recursive: true });
    // Its database is emulated in the process, as it is by default.
    cpSync(join(shipped, 'system.config.yml'), join(config, 'system.config.yml'));
    writeFileSync(join(config, 'gateway.config.yml'), stringify(expressGatewayConfiguration(site, port)));
    const child = forkQuietly('express-gateway', 'start.cjs', config, folder);
    await firstMessage('express-gateway', child, folder);
    return targetOf(child, site, port);
  },
};

function forkQuietly(name: GatewayName, script: string, argument: string, folder: string): ChildProcess {
  const lines = openSync(join(folder, 'output.txt'), 'w');
  return fork(join(FOLDERS[name], script), [argument], {
    stdio: ['ignore', lines, lines, 'ipc'],
    env: { ...process.env, EG_DISABLE_CONFIG_WATCH: 'true' },
  });
}

function firstMessage(name: string, child: ChildProcess, folder: string): Promise<unknown> {
  return Promise.race([
    once(child, 'message').then(([message]) => message as unknown),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`${name} ended: ${textOf(join(folder, 'output.txt')).slice(-400)}`)),
    ),
  ]);
}

function targetOf(child: ChildProcess, site: Site, port: number): Target {
  const load = { port, ca: site.ca, identity: site.identity };
  return { pid: child.pid!, load, audit_folder: null, stop: () => endProcess(child), remove: KEEP };
}
