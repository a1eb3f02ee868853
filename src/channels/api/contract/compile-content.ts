import type { FaultCode } from '../../../core/errors/faults.ts';
import { type BodyFormat, readingOf } from './body-format.ts';
import type { Compiler } from './compile-parameters.ts';
import { MEDIA_TYPE, REQUEST_BODY } from './fields.ts';
import { readMediaType } from './media-type.ts';
import { compileMultipart } from './multipart/index.ts';
import { member, type Node } from './pointer.ts';
import { clip } from './reader.ts';
import { byteBounds, schemaKind, unjudgedOnBytes } from './schema-kind.ts';
import type { Direction } from './schemas.ts';
import { compileForm } from './text/form.ts';
import type { BinaryContent, RequestBody, RequestContent, TextContent } from './types.ts';

/** An entry of a `content` map and how its bodies are read. */
export interface ContentEntry {
  readonly media_type: string;
  readonly format: BodyFormat;
  /** The Media Type Object. */
  readonly node: Node;
  /** Null only where the bytes are opaque. */
  readonly schema: Node | null;
}

const PASS_UNREAD = 'In an overlay, declare it `type: string, format: binary` to pass it unread, or remove it';
const MISSING: Readonly<Record<Direction, FaultCode>> = {
  request: 'CONTRACT_SCHEMA',
  response: 'CONTRACT_RESPONSE_SCHEMA',
};

/**
 * The entries of a `content` map. What the gate cannot judge is not carried: beside an entry that it can judge this is
 * a note, alone it is a fault.
 */
export function readContent(compiler: Compiler, holder: Node, direction: Direction): ContentEntry[] {
  const { reader } = compiler;
  const entries: ContentEntry[] = [];
  const unread: { key: string; node: Node; reason: string }[] = [];
  let missing = false;
  for (const [key, node] of reader.map(holder, 'content')) {
    if (!reader.closed(node, MEDIA_TYPE)) continue;
    const media = readMediaType(key);
    const schema = member(node, 'schema');
    const kind = schemaKind(reader.root, schema);
    const reading = media
      ? readingOf(media, kind, direction)
      : ({ format: 'unread', reason: 'it is no media type' } as const);
    if (reading.format === 'unread') {
      unread.push({ key, node, reason: reading.reason });
    } else if (reading.format === 'missing' || (schema === null && reading.format !== 'binary')) {
      missing = true;
      const lacks = schema === null ? 'has no schema; without one' : 'has an empty schema; with that';
      const message = `'${clip(key)}' ${lacks} no field may pass`;
      reader.log.add(MISSING[direction], node.pointer, message, 'Declare one, in an overlay if the file is not yours');
    } else {
      if (reading.media_type !== media?.text)
        reader.note(
          'media type',
          node.pointer,
          `'${clip(key)}' with a schema of more than a string is JSON at the gate`,
        );
      addEntry(compiler, entries, { ...reading, node, schema });
    }
  }
  for (const { key, node, reason } of unread) {
    const message = `the media type '${clip(key)}' is not enforced: ${reason}`;
    if (entries.length > 0 || missing) reader.note('media type', node.pointer, `${message}; it is not carried`);
    else reader.log.add('CONTRACT_UNSUPPORTED', node.pointer, message, PASS_UNREAD);
  }
  return entries;
}

/** Two spellings of one media type may stand side by side as long as they say the same. */
function addEntry({ reader }: Compiler, entries: ContentEntry[], entry: ContentEntry): void {
  const { format, media_type, node, schema } = entry;
  if (member(node, 'encoding') && format !== 'form' && format !== 'multipart') reader.note('encoding', node.pointer);
  const same = entries.find((other) => other.media_type === media_type);
  if (!same) entries.push(entry);
  else if (JSON.stringify(same.schema?.value) === JSON.stringify(schema?.value)) {
    reader.note('media type', node.pointer, `'${clip(media_type)}' is declared twice with one schema`);
  } else reader.log.add('CONTRACT_SYNTAX', node.pointer, `the media type '${clip(media_type)}' is declared twice`);
}

/** Bodies of text and bytes are read alike in both directions. */
export function compileOpaque(
  compiler: Compiler,
  entry: ContentEntry,
  direction: Direction,
): TextContent | BinaryContent | null {
  const { reader, schemas } = compiler;
  const { media_type, schema } = entry;
  const compiled = schema && schemas.compile(schema, direction);
  if (schema && !compiled) return null;
  if (entry.format === 'text') return compiled && { format: 'text', media_type, schema: compiled };
  for (const { pointer } of unjudgedOnBytes(reader.root, schema)) {
    reader.log.add('CONTRACT_UNSUPPORTED', pointer, 'bytes are judged by minLength and maxLength alone');
  }
  return { format: 'binary', media_type, ...byteBounds(reader.root, schema) };
}

/** The request body of an operation; null where none is declared, or after a fault. */
export function compileRequestBody(compiler: Compiler, operation: Node): RequestBody | null {
  const { reader } = compiler;
  const declared = member(operation, 'requestBody');
  const node = declared && reader.resolve(declared);
  if (!declared || !node || !reader.closed(node, REQUEST_BODY)) return null;
  const required = reader.boolean(node, 'required', false);
  if (/\/(?:get|head)$/.test(operation.pointer)) {
    // RFC 9110 section 9.3.1: content in these has no meaning, and servers differ on reading it.
    if (!required) reader.note('requestBody', declared.pointer, 'a request body on GET or HEAD is not carried');
    else
      reader.log.add('CONTRACT_UNSUPPORTED', declared.pointer, 'a request body on GET or HEAD has no defined meaning');
    return null;
  }
  if (reader.map(node, 'content').length === 0) {
    reader.log.add('CONTRACT_SYNTAX', node.pointer, 'a request body needs content');
  }
  const content = readContent(compiler, node, 'request').flatMap(
    (entry) => compileRequestContent(compiler, entry) ?? [],
  );
  return { required, content };
}

function compileRequestContent(compiler: Compiler, entry: ContentEntry): RequestContent | null {
  const { media_type, node, schema } = entry;
  if (schema === null || entry.format === 'text' || entry.format === 'binary') {
    return compileOpaque(compiler, entry, 'request');
  }
  const encoding = member(node, 'encoding');
  if (entry.format === 'form') {
    const form = compileForm(compiler, schema, encoding, 'request');
    return form && { format: 'form', media_type, form };
  }
  if (entry.format === 'multipart') {
    const multipart = compileMultipart(compiler, schema, encoding);
    return multipart && { format: 'multipart', media_type, multipart };
  }
  const compiled = compiler.schemas.compile(schema, 'request');
  return compiled && { format: 'json', media_type, schema: compiled };
}
