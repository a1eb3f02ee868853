import { checkPersonalData } from './annotations.ts';
import { readContent } from './compile-content.ts';
import type { Compiler } from './compile-parameters.ts';
import { HEADER, RESPONSE } from './fields.ts';
import { headerUse } from './header-names.ts';
import { isObject, member, type Node } from './pointer.ts';
import { clip } from './reader.ts';
import { textType } from './scalar.ts';
import type { ResponseContent, ResponseHeader, ResponsePlan, ResponseShape } from './types.ts';

const EXACT = /^[1-5][0-9][0-9]$/;
const RANGE = /^[1-5]XX$/;
/** Statuses that end with the header section (RFC 9110 sections 6.4.1, 15.4.5). */
const BODILESS = new Set(['204', '205', '304']);

/** What an operation may answer. Without `content` a response has no body, and that is enforced. */
export function compileResponses(compiler: Compiler, operation: Node): ResponsePlan {
  const { reader } = compiler;
  const exact = new Map<number, ResponseShape>();
  const ranges = new Map<number, ResponseShape>();
  let fallback: ResponseShape | null = null;
  const declared = reader.map(operation, 'responses').filter(([key]) => !key.startsWith('x-'));
  if (declared.length === 0) {
    reader.log.add(
      'CONTRACT_RESPONSE_SCHEMA',
      operation.pointer,
      'the operation declares no response, so none could pass',
    );
  }
  for (const [key, item] of declared) {
    if (!checkStatus(compiler, key, item)) continue;
    const shape = compileResponse(compiler, key, item);
    if (!shape) continue;
    if (key === 'default') fallback = shape;
    else if (RANGE.test(key)) ranges.set(Number(key[0]), shape);
    else exact.set(Number(key), shape);
  }
  return { exact, ranges, fallback, success_types: successTypes(exact, ranges, fallback) };
}

function successTypes(
  exact: ReadonlyMap<number, ResponseShape>,
  ranges: ReadonlyMap<number, ResponseShape>,
  fallback: ResponseShape | null,
): string[] {
  const declared = [...exact].flatMap(([status, shape]) => (status >= 200 && status < 300 ? [shape] : []));
  const range = ranges.get(2);
  if (range) declared.push(range);
  if (declared.length === 0 && fallback) declared.push(fallback);
  return [...new Set(declared.flatMap((shape) => shape.content.map((content) => content.media_type)))];
}

function checkStatus({ reader }: Compiler, key: string, item: Node): boolean {
  if (key !== 'default' && !EXACT.test(key) && !RANGE.test(key)) {
    reader.log.add('CONTRACT_SYNTAX', item.pointer, `'${clip(key)}' is not a status, a range such as 4XX, or default`);
    return false;
  }
  if (!key.startsWith('1')) return true;
  reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, 'interim responses are never passed on');
  return false;
}

function compileResponse(compiler: Compiler, key: string, item: Node): ResponseShape | null {
  const { reader, schemas } = compiler;
  const node = reader.resolve(item);
  if (!node || !reader.closed(node, RESPONSE)) return null;
  const entries = readContent(compiler, node, 'CONTRACT_RESPONSE_SCHEMA');
  if (entries.length > 0 && BODILESS.has(key)) {
    reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, `a ${key} response has no content`);
  }
  const content = entries.flatMap(({ media_type, schema }): ResponseContent[] => {
    const schemaFor = schemas.compileViews(schema);
    return schemaFor ? [{ media_type, schemaFor }] : [];
  });
  return { key, content, headers: compileHeaders(compiler, node) };
}

function compileHeaders(compiler: Compiler, response: Node): ResponseHeader[] {
  const { reader } = compiler;
  const headers: ResponseHeader[] = [];
  for (const [declared_name, item] of reader.map(response, 'headers')) {
    const name = declared_name.toLowerCase();
    const use = headerUse(name, 'response');
    if (use === 'ignored') reader.note(`response header ${name}`, item.pointer);
    if (use === 'reserved')
      reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, `the header '${clip(name)}' is the gate's own`);
    if (use === 'invalid') reader.log.add('CONTRACT_SYNTAX', item.pointer, `'${clip(name)}' cannot name a header`);
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
  reader.boolean(node, 'explode', false);
  const required = reader.boolean(node, 'required', false);
  const schema = member(node, 'schema');
  if (!schema || !isObject(schema.value)) {
    reader.log.add('CONTRACT_RESPONSE_SCHEMA', node.pointer, 'a header needs a schema');
    return null;
  }
  const type = textType(reader.root, schema);
  if (!type) {
    const message = 'a header must be a string, integer, number, boolean or an array of one of these';
    reader.log.add('CONTRACT_UNSUPPORTED', schema.pointer, message, 'Give its schema one type');
    return null;
  }
  const compiled = schemas.compile(schema, 'response');
  return compiled && { name, required, ...type, schema: compiled, parser };
}
