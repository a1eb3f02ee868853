import type { Site } from '../site.ts';

/** The configuration of Express Gateway: as much of the work as its own policies and conditions can do. */
export function expressGatewayConfiguration({ server, partner_ca, upstream_url }: Site, port: number): object {
  const rate = { 'rate-limit': [{ action: { max: 100_000_000, windowMs: 1000 } }] };
  const log = { log: [{ action: { message: '${req.method} ${req.originalUrl}' } }] };
  const action = { serviceEndpoint: 'orders', stripPath: true };
  // What its condition holds for is answered by the service; nothing but a broken body is left for the policy after it.
  const condition = { name: 'json-schema', schema: NEW_ORDER, logErrors: false };
  const refuse = { terminate: [{ action: { statusCode: 422, message: 'broken body' } }] };
  return {
    https: {
      port,
      hostname: '127.0.0.1',
      tls: { default: { key: server.key, cert: server.certificate, ca: [partner_ca] } },
      options: { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3', keepAliveTimeout: 600_000 },
    },
    apiEndpoints: {
      read: { host: '*', paths: '/api/*', methods: ['GET'] },
      create: { host: '*', paths: '/api/*', methods: ['POST'] },
    },
    serviceEndpoints: { orders: { url: upstream_url } },
    policies: ['log', 'proxy', 'rate-limit', 'terminate'],
    pipelines: {
      read: { apiEndpoints: ['read'], policies: [rate, log, { proxy: [{ action }] }] },
      create: { apiEndpoints: ['create'], policies: [rate, log, { proxy: [{ condition, action }] }, refuse] },
    },
  };
}

const NEW_ORDER = {
  $id: 'http://orders.example/new-order.json',
  type: 'object',
  required: ['reference', 'lines'],
  additionalProperties: false,
  properties: {
    reference: { type: 'string', pattern: '^PO-[0-9]{4}-[0-9]{6}$' },
    currency: { type: 'string', minLength: 3, maxLength: 3 },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        additionalProperties: false,
        properties: {
          sku: { type: 'string', minLength: 1, maxLength: 40 },
          quantity: { type: 'integer', minimum: 1, maximum: 100_000 },
          note: { type: 'string', maxLength: 200 },
        },
      },
    },
  },
};
