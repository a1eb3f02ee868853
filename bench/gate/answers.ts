/** Answers of 1 KiB and of 100 KiB, each through a contract that judges and trims them and through ones that do not. */

export const KINDS = {
  closed: 'a closed schema: every member judged, a quarter of them undeclared and left out',
  open: 'a schema that takes whatever is there: strict JSON, nothing else judged, nothing left out',
  binary: 'bytes that nobody reads, passed on as they arrive',
} as const;
export type Kind = keyof typeof KINDS;

export const SIZES = { '1k': 1024, '100k': 102_400 } as const;
export type Size = keyof typeof SIZES;

/** In every answer of the upstream. */
const UNDECLARED = 'margin_internal';

function answerOf(size_bytes: number): Buffer {
  const items: object[] = [];
  while (Buffer.byteLength(JSON.stringify({ items })) < size_bytes) {
    const id = items.length;
    items.push({
      id: `0190b8a0-0000-7000-8000-${String(id).padStart(12, '0')}`,
      sku: `part-${1000 + id}`,
      state: 'open',
      quantity: 100 + id,
      price: 12.5,
      note: 'leave at the door, please',
      [UNDECLARED]: 0.37,
      row_version: id,
    });
  }
  return Buffer.from(JSON.stringify({ items }));
}

const BODIES: Readonly<Record<Size, Buffer>> = { '1k': answerOf(SIZES['1k']), '100k': answerOf(SIZES['100k']) };

/** The upstream's answer to `/closed/1k` and the like; null for another path. */
export function sizedAnswer(path: string): { readonly content_type: string; readonly body: Buffer } | null {
  const [, kind, size] = path.split('/');
  if (kind === undefined || !(kind in KINDS) || size === undefined || !(size in SIZES)) return null;
  const content_type = kind === 'binary' ? 'application/octet-stream' : 'application/json';
  return { content_type, body: BODIES[size as Size] };
}

const ITEM = `{ type: object, required: [id, sku], properties: {
                    id: { type: string, format: uuid },
                    sku: { type: string, pattern: "^part-[0-9]{4,6}$" },
                    state: { enum: [open, closed] },
                    quantity: { type: integer, minimum: 0 },
                    price: { type: number, minimum: 0 },
                    note: { type: string, maxLength: 200 } } }`;

const CONTENT: Readonly<Record<Kind, string>> = {
  closed: `application/json:
              schema:
                type: object
                required: [items]
                properties:
                  items: { type: array, items: ${ITEM} }`,
  open: `application/json:
              schema: { type: object, additionalProperties: true }`,
  binary: `application/octet-stream:
              schema: { type: string, format: binary }`,
};

/** The paths of a contract that has them all. */
export const SIZED_PATHS = (Object.keys(KINDS) as Kind[])
  .map(
    (kind) => `  /${kind}/{size}:
    get:
      operationId: get_${kind}
      parameters:
        - { name: size, in: path, required: true, schema: { type: string, enum: [${Object.keys(SIZES).join(', ')}] } }
      responses:
        "200":
          description: an answer
          content:
            ${CONTENT[kind]}
`,
  )
  .join('');
