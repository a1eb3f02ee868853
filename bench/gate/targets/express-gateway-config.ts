import type { Site } from '../site.ts';

/**
 * The configuration of Express Gateway: as much of the work as was seen to work. With its store emulated, as without a
 * Redis, its rate limit answers one request a second; its json-schema condition was not got to hold for a right body.
 */
export function expressGatewayConfiguration({ server, partner_ca, upstream_url }: Site, port: number): object {
  const log = { log: [{ action: { message: `\${req.method} \${req.originalUrl}` } }] };
  const proxy = { proxy: [{ action: { serviceEndpoint: 'orders', stripPath: true } }] };
  return {
    https: {
      port,
      hostname: '127.0.0.1',
      tls: { default: { key: server.key, cert: server.certificate, ca: [partner_ca] } },
      options: { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' },
    },
    apiEndpoints: { orders: { host: '*', paths: '/api/*', methods: ['GET', 'POST'] } },
    serviceEndpoints: { orders: { url: upstream_url } },
    policies: ['log', 'proxy'],
    pipelines: { orders: { apiEndpoints: ['orders'], policies: [log, proxy] } },
  };
}
