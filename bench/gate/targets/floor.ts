import { startChild } from '../child.ts';
import type { FloorOptions } from './floor-server.ts';
import { KEEP, NO_CLAIMS, type TargetKind } from './target.ts';

export const floor: TargetKind = {
  name: 'floor',
  does: 'TLS 1.3 and passing on, with node:https and undici',
  does_not: 'anything else: it checks, limits, decides and records nothing',
  claims: NO_CLAIMS,
  compiles: true,
  missing: () => null,
  async start({ site, workers, http2, floor_mtls }) {
    const { upstream_url, connections, server } = site;
    const client_ca = floor_mtls ? site.partner_ca : null;
    const options: FloorOptions = { upstream_url, connections, ...server, client_ca, http2, workers };
    const child = startChild('floor', options);
    const port = await child.next<number>();
    const identity = floor_mtls ? site.identity : null;
    return {
      pid: child.pid,
      load: { port, ca: site.ca, identity },
      audit_folder: null,
      stop: child.stop,
      remove: KEEP,
    };
  },
};
