/** Bodies of 1 MiB that a caller sends: JSON that the contract judges, and bytes that nobody reads. */

/** Just below what an API takes by default. */
const MOST_BYTES = 1024 * 1024;

export const UPLOADS = {
  'upload-json': {
    path: '/uploads/json',
    content_type: 'application/json',
    about: 'a body of 1 MiB of JSON, every member judged, sent on when the whole of it is',
  },
  'upload-binary': {
    path: '/uploads/binary',
    content_type: 'application/octet-stream',
    about: 'a body of 1 MiB that nobody reads, passed on while it arrives',
  },
} as const;
export type UploadName = keyof typeof UPLOADS;

export function uploadBody(name: UploadName): Buffer {
  return name === 'upload-binary' ? Buffer.alloc(MOST_BYTES, 'sallyport upload of bytes \u0000') : jsonBody();
}

function jsonBody(): Buffer {
  const lines: string[] = [];
  let size_bytes = '{"lines":[]}'.length;
  for (;;) {
    const line = JSON.stringify({
      sku: `part-${1000 + lines.length}`,
      quantity: 1 + (lines.length % 999),
      price: 12.5,
      note: 'leave at the door, please; ring twice',
    });
    size_bytes += line.length + 1;
    if (size_bytes > MOST_BYTES) return Buffer.from(`{"lines":[${lines.join()}]}`);
    lines.push(line);
  }
}

const LINE = `{ type: object, required: [sku, quantity], properties: {
                      sku: { type: string, pattern: "^part-[0-9]{4,6}$" },
                      quantity: { type: integer, minimum: 1, maximum: 100000 },
                      price: { type: number, minimum: 0 },
                      note: { type: string, maxLength: 200 } } }`;

const CONTENT: Readonly<Record<UploadName, string>> = {
  'upload-json': `application/json:
            schema:
              type: object
              required: [lines]
              properties:
                lines: { type: array, maxItems: 20000, items: ${LINE} }`,
  'upload-binary': `application/octet-stream:
            schema: { type: string, format: binary }`,
};

/** The paths of a contract that has them. */
export const UPLOAD_PATHS = (Object.keys(UPLOADS) as UploadName[])
  .map(
    (name) => `  ${UPLOADS[name].path}:
    post:
      operationId: ${name.replace('-', '_')}
      requestBody:
        required: true
        content:
          ${CONTENT[name]}
      responses:
        "201":
          description: taken
          content:
            application/json: { schema: { $ref: "#/components/schemas/Created" } }
`,
  )
  .join('');
