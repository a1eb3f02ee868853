/** Bodies of every format from instances, and their meaning read back for comparing. */
import type { Content } from '../document.ts';
import type { Schema, SchemaObject } from '../schema/facets.ts';
import { inQuery } from './style.ts';

export type Format = 'json' | 'form' | 'multipart' | 'text' | 'binary';

const BOUNDARY = 'a-boundary-between-the-parts';

/** How a content is carried; null for what no format here can judge, such as XML. */
export function formatOf({ media_type, schema }: Content, resolve: (reference: string) => Schema): Format | null {
  const [type = ''] = media_type.toLowerCase().split(';');
  const plain = schema === null ? {} : followed(schema, resolve);
  const is_string = plain['type'] === 'string';
  const is_binary =
    (is_string && (plain['format'] === 'binary' || plain['contentMediaType'] !== undefined)) ||
    Object.keys(plain).every((keyword) => keyword === 'description' || keyword.startsWith('x-'));
  if (/^application\/(json|[^;]*\+json)$/.test(type.trim())) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data') return 'multipart';
  if (is_binary) return 'binary';
  if (is_string) return 'text';
  return type === '*/*' || type === 'text/json' ? 'json' : null;
}

function followed(schema: Schema, resolve: (reference: string) => Schema): SchemaObject {
  let at = schema;
  while (typeof at === 'object' && typeof at['$ref'] === 'string') at = resolve(at['$ref']);
  return typeof at === 'boolean' ? {} : at;
}

export interface Payload {
  readonly content_type: string;
  readonly bytes: Buffer;
}

/** @param value an instance of the content's schema */
export function payload(
  format: Format,
  content: Content,
  value: unknown,
  resolve: (reference: string) => Schema,
): Payload {
  const content_type = concrete(content.media_type, format);
  switch (format) {
    case 'json':
      return { content_type, bytes: Buffer.from(JSON.stringify(value)) };
    case 'text':
      return { content_type, bytes: Buffer.from(String(value)) };
    case 'binary':
      return { content_type, bytes: Buffer.from([0, 255, 13, 10, 1, 128, 65, ...Buffer.from('bytes')]) };
    case 'form':
      return { content_type, bytes: Buffer.from(formText(content, value as object)) };
    case 'multipart':
      return {
        content_type: `${content_type}; boundary=${BOUNDARY}`,
        bytes: Buffer.concat([...parts(content, value as object, resolve), Buffer.from(`--${BOUNDARY}--\r\n`)]),
      };
  }
}

/** One media type of a range. */
export function concrete(media_type: string, format: Format): string {
  if (!media_type.includes('*')) return media_type;
  if (media_type.startsWith('image/')) return 'image/png';
  if (media_type.startsWith('text/') || format === 'text') return 'text/plain';
  return format === 'json' ? 'application/json' : 'application/octet-stream';
}

function formText(content: Content, value: object): string {
  return Object.entries(value)
    .flatMap(([name, member]) => {
      const { style = 'form', explode = style === 'form', contentType } = content.encoding[name] ?? {};
      const text = contentType?.includes('json') ? JSON.stringify(member) : member;
      return inQuery({ name, style, explode }, text);
    })
    .join('&');
}

function parts(content: Content, value: object, resolve: (reference: string) => Schema): Buffer[] {
  const schema = content.schema === null ? {} : followed(content.schema, resolve);
  const declared = (schema['properties'] ?? {}) as Record<string, Schema>;
  return Object.entries(value).flatMap(([name, member]) => {
    const own = followed(declared[name] ?? {}, resolve);
    const item = own['type'] === 'array' ? followed((own['items'] as Schema | undefined) ?? {}, resolve) : own;
    const values = Array.isArray(member) && own['type'] === 'array' ? member : [member];
    return values.map((each) => part(name, each, item, content.encoding[name]?.contentType));
  });
}

function part(name: string, value: unknown, schema: SchemaObject, content_type: string | undefined): Buffer {
  const [asked] = content_type?.split(',').map((text) => text.trim()) ?? [];
  const binary = schema['format'] === 'binary' || schema['contentMediaType'] !== undefined;
  const structured = typeof value === 'object' && value !== null;
  const type = asked !== undefined && !asked.includes('*') ? asked : binary ? 'application/octet-stream' : undefined;
  const shown = type ?? (structured ? 'application/json' : undefined);
  const head = [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${name}"${binary ? '; filename="data.bin"' : ''}`,
    ...(shown === undefined ? [] : [`Content-Type: ${asked?.startsWith('image/') ? 'image/png' : shown}`]),
    '',
    '',
  ];
  const body = structured || shown === 'application/json' ? JSON.stringify(value) : String(value);
  return Buffer.concat([Buffer.from(head.join('\r\n')), Buffer.from(body), Buffer.from('\r\n')]);
}

/** What a body says, so that two spellings of the same compare equal. */
export async function meaning(bytes: Buffer, content_type: string): Promise<string> {
  const [type = ''] = content_type.split(';');
  if (type === 'application/x-www-form-urlencoded') {
    return JSON.stringify([...new URLSearchParams(bytes.toString())].sort());
  }
  if (type !== 'multipart/form-data') return bytes.toString('latin1');
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': content_type } }).formData();
  const entries = await Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === 'string' ? [name, value] : [name, value.name, value.type, await value.text()],
    ),
  );
  return JSON.stringify(entries.sort());
}
