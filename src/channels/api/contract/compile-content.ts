import type { FaultCode } from '../../../core/errors/faults.ts';
import type { Compiler } from './compile-parameters.ts';
import { MEDIA_TYPE, REQUEST_BODY } from './fields.ts';
import { isJsonMediaType, parseMediaType } from './media-type.ts';
import { member, type Node } from './pointer.ts';
import { clip } from './reader.ts';
import type { RequestBody, RequestContent } from './types.ts';

/** A media type of a `content` map with the place of its schema. */
export interface MediaTypeEntry {
  readonly media_type: string;
  readonly schema: Node;
}

/** The entries of a `content` map: JSON only, each with a schema; `missing` is the fault of one without. */
export function readContent(compiler: Compiler, holder: Node, missing: FaultCode): MediaTypeEntry[] {
  const { reader } = compiler;
  const entries: MediaTypeEntry[] = [];
  for (const [key, node] of reader.map(holder, 'content')) {
    const media_type = parseMediaType(key);
    if (media_type === null || !isJsonMediaType(media_type)) {
      const message = `the media type '${clip(key)}' is not enforced`;
      reader.log.add('CONTRACT_UNSUPPORTED', node.pointer, message, 'Use application/json or application/*+json types');
      continue;
    }
    if (entries.some((entry) => entry.media_type === media_type)) {
      reader.log.add('CONTRACT_SYNTAX', node.pointer, `the media type '${media_type}' is declared twice`);
    }
    if (!reader.closed(node, MEDIA_TYPE)) continue;
    const schema = member(node, 'schema');
    if (schema) entries.push({ media_type, schema });
    else reader.log.add(missing, node.pointer, `'${media_type}' has no schema; without one no field may pass`);
  }
  return entries;
}

/** The request body of an operation; null where none is declared, or after a fault. */
export function compileRequestBody(compiler: Compiler, operation: Node): RequestBody | null {
  const { reader } = compiler;
  const declared = member(operation, 'requestBody');
  const node = declared && reader.resolve(declared);
  if (!declared || !node || !reader.closed(node, REQUEST_BODY)) return null;
  if (/\/(?:get|head)$/.test(operation.pointer)) {
    // RFC 9110 section 9.3.1: content in these has no meaning, and servers differ on reading it.
    reader.log.add('CONTRACT_UNSUPPORTED', declared.pointer, 'a request body on GET or HEAD has no defined meaning');
  }
  const entries = readContent(compiler, node, 'CONTRACT_SCHEMA');
  const content = entries.flatMap(({ media_type, schema }): RequestContent[] => {
    const compiled = compiler.schemas.compile(schema, 'request');
    return compiled ? [{ media_type, schema: compiled }] : [];
  });
  if (reader.map(node, 'content').length === 0) {
    reader.log.add('CONTRACT_SYNTAX', node.pointer, 'a request body needs content');
  }
  return { required: reader.boolean(node, 'required', false), content };
}
