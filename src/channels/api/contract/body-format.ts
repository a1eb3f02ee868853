import { isJsonMediaType, isMediaRange, type MediaType } from './media-type.ts';
import type { SchemaKind } from './schema-kind.ts';
import type { RequestContent } from './types.ts';

export type BodyFormat = RequestContent['format'];

/**
 * How the bodies of one entry of a `content` map are read.
 *
 * - `missing`: it would need a schema
 * - `unread`: the gate cannot judge it, for this reason
 */
export type Reading =
  | { readonly format: BodyFormat; readonly media_type: string }
  | { readonly format: 'missing' }
  | { readonly format: 'unread'; readonly reason: string };

/** Structured, and not JSON: a schema says nothing that could be held against the bytes. */
const OTHER_SYNTAX = /(?:^|[/+.-])(?:xml|x?html|ya?ml|ndjson|jsonl|json-seq|x-json-stream|cbor|msgpack|protobuf|csv)$/;
/** Types of bytes that no schema describes further. */
const OPAQUE =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip|gzip|x-tar|x-gzip|x-bzip2|x-7z-compressed|zstd|vnd\.openxmlformats-officedocument\..*|vnd\.ms-.*|vnd\.oasis\..*|msword)$/;
const JSON_IN_TEXT = new Set(['text/json', 'text/x-json']);

/**
 * Media type and schema decide. What is not JSON and has a schema of more than a string cannot be judged, except
 * where the type leaves the syntax open: then it must be JSON.
 */
export function readingOf(media: MediaType, kind: SchemaKind, direction: 'request' | 'response'): Reading {
  const { type, text } = media;
  const utf8 = media.charset === null || media.charset === 'utf-8';
  if (isJsonMediaType(type)) {
    if (!utf8) return { format: 'unread', reason: 'JSON is UTF-8' };
    return { format: 'json', media_type: text };
  }
  if (type === 'application/x-www-form-urlencoded' || type.startsWith('multipart/')) {
    return formReading(media, kind, direction);
  }
  if (kind === 'binary') return { format: 'binary', media_type: text };
  if (!utf8) return { format: 'unread', reason: 'text is read as UTF-8 only' };
  if (kind === 'string') return { format: 'text', media_type: text };
  if (kind === 'empty') {
    if (OPAQUE.test(type)) return { format: 'binary', media_type: text };
    return { format: 'unread', reason: 'no schema says anything of it' };
  }
  if (type === '*/*' || type === 'application/*') return { format: 'json', media_type: 'application/json' };
  if (OTHER_SYNTAX.test(type) || OPAQUE.test(type) || isMediaRange(type)) {
    return { format: 'unread', reason: 'it is not JSON' };
  }
  if (type.startsWith('text/') && !JSON_IN_TEXT.has(type)) return { format: 'unread', reason: 'text is a string' };
  return { format: 'json', media_type: text };
}

function formReading({ type }: MediaType, kind: SchemaKind, direction: 'request' | 'response'): Reading {
  if (direction === 'response') return { format: 'unread', reason: 'forms are read in requests only' };
  if (type !== 'application/x-www-form-urlencoded' && type !== 'multipart/form-data') {
    return { format: 'unread', reason: 'of multipart only form-data is read' };
  }
  if (kind === 'empty') return { format: 'missing' };
  return { format: type === 'multipart/form-data' ? 'multipart' : 'form', media_type: type };
}
