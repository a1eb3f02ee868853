/**
 * A gateway as a team on Node.js would make it of well-kept packages: fastify, its proxy and its rate limit. Started with
 * one argument of JSON; tells its port by message.
 */
import { readFileSync } from 'node:fs';
import rateLimit from '@fastify/rate-limit';
import replyFrom from '@fastify/reply-from';
import makeFastify from 'fastify';

const options = JSON.parse(process.argv[2]);
const KEEP_ALIVE_MS = 600_000;

const text = (more = {}) => ({ type: 'string', ...more });
const object = (properties, required = []) => ({ type: 'object', required, properties, additionalProperties: false });
const uuid = text({ format: 'uuid' });
const currency = text({ minLength: 3, maxLength: 3 });

const newOrder = object(
  {
    reference: text({ pattern: '^PO-[0-9]{4}-[0-9]{6}$' }),
    currency,
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: object(
        {
          sku: text({ minLength: 1, maxLength: 40 }),
          quantity: { type: 'integer', minimum: 1, maximum: 100000 },
          note: text({ maxLength: 200 }),
        },
        ['sku', 'quantity'],
      ),
    },
  },
  ['reference', 'lines'],
);

const upload = object(
  {
    lines: {
      type: 'array',
      maxItems: 20000,
      items: object(
        {
          sku: text({ pattern: '^part-[0-9]{4,6}$' }),
          quantity: { type: 'integer', minimum: 1, maximum: 100000 },
          price: { type: 'number', minimum: 0 },
          note: text({ maxLength: 200 }),
        },
        ['sku', 'quantity'],
      ),
    },
  },
  ['lines'],
);

const created = object({ id: uuid, reference: text(), state: text() });
const order = object({
  id: uuid,
  reference: text(),
  currency: text(),
  state: text(),
  created: text(),
  total: { type: 'number' },
  lines: {
    type: 'array',
    items: object({
      sku: text(),
      description: text(),
      quantity: { type: 'integer' },
      price: { type: 'number' },
      shipped: { type: 'boolean' },
    }),
  },
});
const items = object({
  items: {
    type: 'array',
    items: object({
      id: uuid,
      sku: text(),
      state: text(),
      quantity: { type: 'integer' },
      price: { type: 'number' },
      note: text(),
    }),
  },
});

const app = makeFastify({
  https: {
    cert: readFileSync(options.certificate),
    key: readFileSync(options.key),
    ca: readFileSync(options.client_ca),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  },
  keepAliveTimeout: KEEP_ALIVE_MS,
  bodyLimit: 2 * 1024 ** 2,
  logger: { level: 'info', file: options.log },
  disableRequestLogging: true,
  ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } },
});

/** Asked once for each connection: node:tls makes the whole certificate anew each time. */
const fingerprints = new WeakMap();
function fingerprintOf(socket) {
  let known = fingerprints.get(socket);
  if (known === undefined) {
    known = socket.getPeerCertificate().fingerprint?.replaceAll(':', '').toLowerCase() ?? '';
    fingerprints.set(socket, known);
  }
  return known;
}

await app.register(rateLimit, {
  max: 100_000_000,
  timeWindow: 1000,
  keyGenerator: (request) => fingerprintOf(request.socket),
});
await app.register(replyFrom, {
  base: options.upstream_url,
  undici: { connections: options.connections, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS },
});
app.addHook('onRequest', async (request, reply) => {
  if (fingerprintOf(request.socket) !== options.client_sha1) return reply.code(403).send();
});
app.addHook('onResponse', async (request, reply) => {
  request.log.info({ machine: 'acme-erp', method: request.method, url: request.url, status: reply.statusCode });
});

/** The answer is held, parsed and written anew by the schema of the route. */
function pass(request, reply) {
  return reply.from(request.url.slice('/api'.length), {
    onResponse: async (_request, out, response) => {
      const parts = [];
      for await (const part of response.stream ?? response) parts.push(part);
      out.removeHeader('content-length');
      out.send(JSON.parse(Buffer.concat(parts)));
    },
  });
}

const view = { type: 'object', properties: { view: text({ enum: ['full', 'short'] }) }, additionalProperties: false };
const route = (method, url, schema) => app.route({ method, url, schema, handler: pass });
route('GET', '/api/orders/:id', {
  params: object({ id: uuid }, ['id']),
  querystring: view,
  response: { 200: order },
});
route('POST', '/api/orders', { body: newOrder, response: { 201: created } });
route('GET', '/api/closed/:size', {
  params: object({ size: text({ enum: ['1k', '100k'] }) }),
  response: { 200: items },
});
route('POST', '/api/uploads/json', { body: upload, response: { 201: created } });

await app.listen({ host: '127.0.0.1', port: 0 });
process.send(app.server.address().port);
process.once('SIGTERM', () => process.exit());
