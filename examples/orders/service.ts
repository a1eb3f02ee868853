import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Line, type StoredOrder, seedOrders } from './orders.ts';

/**
 * The service behind the example gate. It works, and it misbehaves the way services do: it sends fields nobody
 * declared, says what it runs on, hands out any order to anyone who knows the id, has an internal route, and
 * answers one route with a stack trace.
 */
export interface OrdersService {
  readonly port: number;
  close(): Promise<void>;
}

export interface OrdersServiceOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Starts the service on 127.0.0.1 in plain HTTP. */
export async function startOrdersService(options: OrdersServiceOptions): Promise<OrdersService> {
  const state: State = {
    orders: seedOrders(),
    now: options.now ?? (() => new Date()),
    newId: options.newId ?? randomUUID,
  };
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: Error) => sendStackTrace(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly orders: Map<string, StoredOrder>;
  readonly now: () => Date;
  readonly newId: () => string;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [collection, id, part] = url.pathname.slice(1).split('/');
  if (url.pathname === '/internal/metrics')
    return sendJson(response, 200, { orders: state.orders.size, memory: process.memoryUsage() });
  if (collection !== 'orders') return sendProblem(response, 404, 'No such page');
  if (id === undefined) {
    return request.method === 'POST' ? create(state, request, response) : list(state, url.searchParams, response);
  }
  const order = state.orders.get(id);
  if (!order) return sendProblem(response, 404, 'No such order');
  if (part === 'invoice') return sendInvoice(response, order);
  if (part === 'label') throw new Error(`label printer at 10.20.0.7 refused user 'svc-labels' for order ${id}`);
  if (request.method === 'DELETE') return cancel(response, order);
  return sendJson(response, 200, order);
}

function list(state: State, query: URLSearchParams, response: ServerResponse): void {
  const limit = Number(query.get('limit') ?? 100);
  const wanted = (order: StoredOrder) =>
    (!query.has('supplierId') || order.supplierId === query.get('supplierId')) &&
    (!query.has('status') || order.status === query.get('status')) &&
    (!query.has('placedAfter') || order.placedAt > (query.get('placedAfter') ?? ''));
  const orders = [...state.orders.values()].filter(wanted).slice(0, limit);
  const debug = { sql: 'select * from orders where supplier = $1', host: 'db-3.internal', took_ms: 4 };
  sendJson(response, 200, { orders, _debug: debug });
}

async function create(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse(await readBody(request)) as Partial<StoredOrder> & { lines: Line[] };
  const order: StoredOrder = {
    id: state.newId(),
    supplierId: body.supplierId ?? 'unknown',
    status: 'placed',
    placedAt: state.now().toISOString(),
    ...(body.reference === undefined ? {} : { reference: body.reference }),
    lines: body.lines,
    ...(body.customer === undefined ? {} : { customer: { ...body.customer, personalNumber: '19700101-0000' } }),
    internalMargin: 0.3,
  };
  state.orders.set(order.id, order);
  sendJson(response, 201, order, { Location: `/orders/${order.id}` });
}

function cancel(response: ServerResponse, order: StoredOrder): void {
  if (order.status === 'shipped') return sendProblem(response, 409, 'The order is on its way');
  order.status = 'cancelled';
  response.writeHead(204, BANNER).end();
}

function sendInvoice(response: ServerResponse, order: StoredOrder): void {
  const total = order.lines.reduce((sum, line) => sum + line.quantity * 19.9, 0).toFixed(2);
  sendJson(response, 200, { orderId: order.id, currency: 'EUR', total, costPrice: '7.11', approvedBy: 'j.doe' });
}

const BANNER = { Server: 'orders/1.4.2 (Debian)', 'X-Powered-By': 'Node.js', 'X-Backend-Host': 'orders-7f9c' };

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  send(response, status, 'application/json', JSON.stringify(value), headers);
}

function sendProblem(response: ServerResponse, status: number, title: string): void {
  const problem = { type: 'about:blank', title, status, node: 'orders-7f9c' };
  send(response, status, 'application/problem+json', JSON.stringify(problem), {});
}

/** What frameworks do by default outside production. */
function sendStackTrace(response: ServerResponse, error: Error): void {
  send(response, 500, 'text/html', `<h1>Internal Server Error</h1><pre>${error.stack}</pre>`, {});
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string>,
): void {
  const length = { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...BANNER, ...length, ...headers }).end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size_bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size_bytes += chunk.length;
    if (size_bytes > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

if (import.meta.main) {
  const { port } = await startOrdersService({ port: 9080 });
  console.log(`The orders service listens on http://127.0.0.1:${port}`);
}
