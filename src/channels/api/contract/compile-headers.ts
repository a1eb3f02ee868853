import { checkPersonalData } from './annotations.ts';
import { textPlan, textSchema } from './compile-text.ts';
import type { Compiler } from './compiler.ts';
import { HEADER } from './fields.ts';
import { headerRemedy, headerUse } from './header-names.ts';
import { member, type Node } from './pointer.ts';
import { clip } from './reader.ts';
import { mentions } from './scalar.ts';
import type { ResponseHeader } from './types.ts';

/**
 * The declared header fields of a response; every other is left out of an answer. So are those which only the gate
 * writes: descriptions declare them because their authors see them on the wire.
 */
export function compileHeaders(compiler: Compiler, response: Node): ResponseHeader[] {
  const { reader } = compiler;
  const headers: ResponseHeader[] = [];
  for (const [declared_name, item] of reader.map(response, 'headers')) {
    const name = declared_name.toLowerCase();
    const use = headerUse(name, 'response');
    if (use === 'invalid') {
      reader.log.add('CONTRACT_SYNTAX', item.pointer, `'${clip(name)}' cannot name a header`, headerRemedy(name));
    }
    if (use !== 'declared' && use !== 'invalid') reader.note(`response header ${name}`, item.pointer);
    if (headers.some((header) => header.name === name)) {
      reader.log.add('CONTRACT_SYNTAX', item.pointer, `the header '${clip(name)}' is declared twice`);
    }
    const header = use === 'declared' ? compileHeader(compiler, name, item) : null;
    if (header) headers.push(header);
  }
  return headers;
}

function compileHeader(compiler: Compiler, name: string, item: Node): ResponseHeader | null {
  const { reader, schemas, parser } = compiler;
  const node = reader.resolve(item);
  if (!node || !reader.closed(node, HEADER)) return null;
  checkPersonalData(reader.log, node);
  const style = member(node, 'style');
  if (style && style.value !== 'simple')
    reader.log.add('CONTRACT_UNSUPPORTED', style.pointer, 'headers have style simple only');
  const explode = reader.boolean(node, 'explode', false);
  const required = reader.boolean(node, 'required', false);
  const text = textSchema(compiler, node, 'a header');
  if (!text) {
    if (!member(node, 'content')) reader.log.add('CONTRACT_RESPONSE_SCHEMA', node.pointer, 'a header needs a schema');
    return null;
  }
  // A field is passed on as one text: no part of it can be left out.
  if (mentions(reader.root, text.schema, 'x-views')) {
    reader.log.add('CONTRACT_BINDING', node.pointer, 'x-views cannot hide a header field or a part of one');
    return null;
  }
  const plan = textPlan(compiler, text, 'response', 'simple', 'a header');
  const schema = plan && schemas.compile(text.schema, 'response');
  if (!schema) return null;
  const at = { code: 'FILTER_HEADER', repeated: 'FILTER_HEADER', place: `header/${name}` } as const;
  return { name, required, explode, plan, media: text.media, schema, parser, at };
}
