/** What is asked and what is answered, the same for every target; and the contract that Sallyport holds it to. */
import { KINDS, type Kind, SIZED_PATHS, SIZES, type Size } from './answers.ts';
import { UPLOAD_PATHS, UPLOADS, type UploadName, uploadBody } from './uploads.ts';

const ORDER_ID = '0190b8a0-0000-7000-8000-000000000001';

export interface Workload {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: Buffer | null;
  /** Of the body; '' without one. */
  readonly content_type: string;
  readonly status: number;
  /** Sallyport leaves out what is undeclared. */
  readonly trims: boolean;
  readonly about: string;
}

const NEW_ORDER = {
  reference: 'PO-2026-004711',
  currency: 'EUR',
  lines: [
    { sku: 'bolt-m8-40-a2', quantity: 1200, note: 'deliver to gate 4, ask for the night shift' },
    { sku: 'nut-m8-a2', quantity: 1200, note: 'same pallet as the bolts, please do not stack' },
    { sku: 'washer-m8-a2', quantity: 2400, note: 'boxes of one hundred' },
  ],
};

/** Measured where none is named. */
export const USUAL = {
  get: {
    method: 'GET',
    path: `/api/orders/${ORDER_ID}?view=full`,
    body: null,
    content_type: '',
    status: 200,
    trims: true,
    about: 'an answer of about 1 KiB, five fields of it undeclared',
  },
  post: {
    method: 'POST',
    path: '/api/orders',
    body: Buffer.from(JSON.stringify(NEW_ORDER)),
    content_type: 'application/json',
    status: 201,
    trims: true,
    about: 'a body of about 300 B, a short answer; in Sallyport an intent goes on record before it is sent on',
  },
} as const satisfies Record<string, Workload>;

const NO_BODY = { body: null, content_type: '' } as const;

/** Answers of two sizes, with and without judging and trimming; measured where they are named. */
const SIZED = Object.fromEntries(
  (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
    (Object.keys(SIZES) as Size[]).map((size) => [`${kind}-${size}`, sized(kind, size)]),
  ),
) as Record<`${Kind}-${Size}`, Workload>;

function sized(kind: Kind, size: Size): Workload {
  const about = `an answer of ${SIZES[size] / 1024} KiB; ${KINDS[kind]}`;
  return { method: 'GET', path: `/api/${kind}/${size}`, ...NO_BODY, status: 200, trims: kind === 'closed', about };
}

/** Large bodies of requests; measured where they are named. */
const LARGE = Object.fromEntries((Object.keys(UPLOADS) as UploadName[]).map((name) => [name, upload(name)])) as Record<
  UploadName,
  Workload
>;

function upload(name: UploadName): Workload {
  const { path, content_type, about } = UPLOADS[name];
  return { method: 'POST', path: `/api${path}`, body: uploadBody(name), content_type, status: 201, trims: true, about };
}

export type WorkloadName = keyof typeof USUAL | keyof typeof SIZED | UploadName;

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = { ...USUAL, ...SIZED, ...LARGE };

/** A body that breaks the contract of `post`: no lines, and a reference of another form. */
export const BROKEN_BODY = Buffer.from(JSON.stringify({ ...NEW_ORDER, reference: 'x', lines: [] }));

/** In every answer of the upstream, and in no answer of Sallyport. */
export const UNDECLARED = 'margin_internal';

const LINES = Array.from({ length: 6 }, (_, index) => ({
  sku: `part-${1000 + index}`,
  description: 'hexagon head bolt, stainless, M8 x 40',
  quantity: 100 + index,
  price: 12.5 + index,
  shipped: index % 2 === 0,
}));

/** The upstream's answers. */
export const ANSWERS = {
  get: JSON.stringify({
    id: ORDER_ID,
    reference: 'PO-2026-004711',
    currency: 'EUR',
    state: 'open',
    created: '2026-03-01T09:30:00Z',
    lines: LINES,
    total: 12345678901234.55,
    [UNDECLARED]: 0.37,
    _links: { self: `/orders/${ORDER_ID}` },
    row_version: 17,
    audit_user: 'svc-orders',
    debug: { node: 'orders-7', took_ms: 3 },
  }),
  post: JSON.stringify({ id: ORDER_ID, reference: 'PO-2026-004711', state: 'open', [UNDECLARED]: 0.37 }),
};

export const CONTRACT = `openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
${SIZED_PATHS}${UPLOAD_PATHS}  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/NewOrder" } }
      responses:
        "201":
          description: created
          content:
            application/json: { schema: { $ref: "#/components/schemas/Created" } }
  /orders/{orderId}:
    get:
      operationId: getOrder
      parameters:
        - { name: orderId, in: path, required: true, schema: { type: string, format: uuid } }
        - { name: view, in: query, schema: { type: string, enum: [full, short] } }
      responses:
        "200":
          description: an order
          content:
            application/json: { schema: { $ref: "#/components/schemas/Order" } }
components:
  schemas:
    NewOrder:
      type: object
      required: [reference, lines]
      properties:
        reference: { type: string, pattern: "^PO-[0-9]{4}-[0-9]{6}$" }
        currency: { type: string, minLength: 3, maxLength: 3 }
        lines:
          type: array
          minItems: 1
          maxItems: 100
          items:
            type: object
            required: [sku, quantity]
            properties:
              sku: { type: string, minLength: 1, maxLength: 40 }
              quantity: { type: integer, minimum: 1, maximum: 100000 }
              note: { type: string, maxLength: 200 }
    Created:
      type: object
      required: [id]
      properties:
        id: { type: string, format: uuid }
        reference: { type: string }
        state: { enum: [open, closed] }
    Order:
      type: object
      required: [id, reference, lines, total]
      properties:
        id: { type: string, format: uuid }
        reference: { type: string }
        currency: { type: string, minLength: 3, maxLength: 3 }
        state: { enum: [open, closed] }
        created: { type: string, format: date-time }
        total: { type: number, minimum: 0 }
        lines:
          type: array
          maxItems: 100
          items:
            type: object
            required: [sku, quantity, price]
            properties:
              sku: { type: string, maxLength: 40 }
              description: { type: string, maxLength: 200 }
              quantity: { type: integer, minimum: 0 }
              price: { type: number, minimum: 0 }
              shipped: { type: boolean }
`;
