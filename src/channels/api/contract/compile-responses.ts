import { type ContentEntry, compileOpaque, readContent } from './compile-content.ts';
import { compileHeaders } from './compile-headers.ts';
import type { Compiler } from './compiler.ts';
import { RESPONSE } from './fields.ts';
import { member, type Node } from './pointer.ts';
import { type ContractReader, clip } from './reader.ts';
import type { ResponseContent, ResponsePlan, ResponseShape } from './types.ts';

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
  reader.unextended(member(operation, 'responses'), 'the responses');
  const declared = reader.map(operation, 'responses').filter(([key]) => !key.startsWith('x-'));
  if (declared.every(([key]) => key.startsWith('1'))) {
    reader.log.add(
      'CONTRACT_RESPONSE_SCHEMA',
      operation.pointer,
      'the operation declares no final response, so none could pass',
      'Declare its responses, in an overlay if the file is not yours',
    );
  }
  noteErrorsAlone(reader, operation, declared);
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

/** Whether an answer of this status is final and no error; `default` may be one. */
export function mayTellSuccess(status: string): boolean {
  return status === 'default' || status.startsWith('2') || status.startsWith('3');
}

/** Such an operation is carried out, and its caller told that it failed. */
function noteErrorsAlone(reader: ContractReader, operation: Node, declared: readonly [string, Node][]): void {
  const final = declared.filter(([status]) => !status.startsWith('1'));
  if (final.length === 0 || final.some(([status]) => mayTellSuccess(status))) return;
  const text = 'an operation declares errors alone: the service carries it out, and every success becomes a 502';
  reader.note('responses', `${operation.pointer}/responses`, text);
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
  // Interim answers of an upstream are never passed on, declared or not.
  reader.note('responses', item.pointer, 'interim responses are never passed on');
  return false;
}

function compileResponse(compiler: Compiler, key: string, item: Node): ResponseShape | null {
  const { reader } = compiler;
  const node = reader.resolve(item);
  const bodiless = BODILESS.has(key);
  // Many operations answer their errors alike, by reference.
  const read = node && reader.once(`response ${bodiless}`, node, () => readResponse(compiler, node, bodiless));
  if (!read) return null;
  if (bodiless && reader.map(node, 'content').length > 0)
    reader.note('content', item.pointer, `a ${key} response has no content`);
  return { key, ...read };
}

/** @param bodiless such an answer has no body whatever is declared, and one that comes all the same is refused. */
function readResponse(compiler: Compiler, node: Node, bodiless: boolean): Omit<ResponseShape, 'key'> | null {
  if (!compiler.reader.closed(node, RESPONSE)) return null;
  const headers = compileHeaders(compiler, node);
  if (bodiless) return { content: [], headers };
  return {
    content: readContent(compiler, node, 'response').flatMap((entry) => compileAnswer(compiler, entry) ?? []),
    headers,
  };
}

function compileAnswer(compiler: Compiler, entry: ContentEntry): ResponseContent | null {
  const { format, media_type, schema } = entry;
  if (schema === null || format === 'text' || format === 'binary') return compileOpaque(compiler, entry, 'response');
  const schemaFor = compiler.schemas.compileViews(schema);
  return schemaFor && { format: 'json', media_type, schemaFor };
}
