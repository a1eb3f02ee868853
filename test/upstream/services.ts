/** Real https services on several loopback addresses and one port: the addresses of one name. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Upstream, UpstreamOptions } from '../../src/channels/api/upstream/upstream.ts';
import { createDialler } from '../../src/core/resolver/index.ts';
import type { TestCa, TestIdentity } from '../resolver/certificates.ts';
import { clientFor, now, type WatchedDialler, watched } from './upstreams.ts';

export const NAME = 'orders.test';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export const well: Behaviour = (_request, response) => response.end('well');
export const broken: Behaviour = (_request, response) => response.writeHead(500).end('broken');
export const silent: Behaviour = () => {};

export interface Service {
  readonly host: string;
  readonly port: number;
  /** Requests it saw, without checks. */
  requests: number;
  checks: number;
  /** Connections it accepted. */
  accepted: number;
  behave: Behaviour;
  /** What it says to checks; as to others where none is given. */
  behave_checked: Behaviour | null;
  /** Ends at once, with all connections. */
  die(): Promise<void>;
  revive(): Promise<void>;
}

export async function startService(host: string, at_port: number, identity: TestIdentity): Promise<Service> {
  let port = at_port;
  let server: Server | null = null;
  const service: Service = {
    host,
    get port() {
      const bound = server?.address();
      assert.ok(bound && typeof bound === 'object');
      return bound.port;
    },
    requests: 0,
    checks: 0,
    accepted: 0,
    behave: well,
    behave_checked: null,
    async die() {
      if (server === null) return;
      const ended = once(server, 'close');
      server.close();
      server.closeAllConnections();
      server = null;
      await ended;
    },
    async revive() {
      server = await listen(port);
    },
  };
  const listen = async (at: number): Promise<Server> => {
    const listening = createServer({ key: identity.key, cert: identity.cert }, (request, response) => {
      if (request.url === '/healthz') {
        service.checks++;
        (service.behave_checked ?? service.behave)(request, response);
      } else {
        service.requests++;
        service.behave(request, response);
      }
    });
    listening.on('connection', () => service.accepted++);
    listening.listen(at, host);
    await once(listening, 'listening');
    return listening;
  };
  server = await listen(port);
  port = service.port;
  return service;
}

/** 127.0.0.1, 127.0.0.2 and so on, on one port. */
export async function startServices(identities: readonly TestIdentity[]): Promise<Service[]> {
  const services: Service[] = [];
  for (const [index, identity] of identities.entries()) {
    services.push(await startService(`127.0.0.${index + 1}`, services[0]?.port ?? 0, identity));
  }
  return services;
}

/** A client of the name all these stand behind. */
export function clientOf(
  services: readonly Service[],
  ca: TestCa,
  options: Partial<UpstreamOptions> = {},
): { client: Upstream; dialler: WatchedDialler } {
  const lookup = async () => services.map(({ host }) => ({ address: host, family: 4 }));
  const dialler = watched(createDialler({ lookup, now }));
  const at = `https://${NAME}:${services[0]?.port}`;
  return { client: clientFor(at, { ca: [ca.pem], dialler, retries: 1, ...options }), dialler };
}

export function stateOf(client: Upstream, { host }: Service): string | undefined {
  return client.health().addresses.find(({ address }) => address === host)?.state;
}
