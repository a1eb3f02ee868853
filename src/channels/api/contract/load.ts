import { DEFAULT_JSON_LIMITS, JsonParser } from '../../../protocol/json/index.ts';
import { SCHEMA_URIS } from '../../../protocol/jsonschema/dialect.ts';
import { compileRequestBody } from './compile-content.ts';
import { type Compiler, compileParameters } from './compile-parameters.ts';
import { compileResponses } from './compile-responses.ts';
import { declaredNames } from './declared-names.ts';
import { createLocator, readDocument, type SourceDocument } from './document.ts';
import { FaultLog } from './fault-log.ts';
import { COMPONENTS, DOCUMENT, OPERATION, PATH_ITEM } from './fields.ts';
import { isObject, member, type Node } from './pointer.ts';
import { ContractReader, clip, type OpenApiVersion } from './reader.ts';
import { SchemaLibrary } from './schemas.ts';
import { type PathTemplate, parseTemplate } from './template.ts';
import { type Contract, METHODS, type Method, type Operation, type Sensitivity } from './types.ts';

export interface ContractInput {
  /** Name of the api; the first part of every operation's id. */
  readonly api: string;
  /** As the user named it; decides between JSON and YAML. */
  readonly path: string;
  readonly text: string;
  /** Parties and groups `x-views` may name; not checked where absent. */
  readonly viewers?: ReadonlySet<string>;
}

const SAFE: ReadonlySet<Method> = new Set(['GET', 'HEAD', 'OPTIONS']);
const IDEMPOTENT: ReadonlySet<Method> = new Set([...SAFE, 'PUT', 'DELETE'] as const);
/** What may stand in an operation's id: policies, records and logs carry it. */
const OPERATION_ID = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;
/** Values travel in header and target, so the bounds of those bound these. */
const PARAMETER_TAPE_NODES = 64;

/**
 * Compiles an OpenAPI 3.0 or 3.1 description into operations: the positive list of an api.
 *
 * @throws LoadError with every fault found, each at file:line:column and as JSON Pointer: CONTRACT_SYNTAX,
 *   CONTRACT_REF, CONTRACT_UNSUPPORTED, CONTRACT_SCHEMA, CONTRACT_PATTERN, CONTRACT_RESPONSE_SCHEMA, CONTRACT_BINDING
 */
export function loadContract(input: ContractInput): Contract {
  const source = readDocument(input.path, input.text);
  const log = new FaultLog(source);
  const version = readVersion(source.root, log);
  if (!version) {
    log.raise();
    throw new Error('a document without a version has a fault');
  }
  const reader = new ContractReader(source.root, version, log);
  const parser = new JsonParser(DEFAULT_JSON_LIMITS, PARAMETER_TAPE_NODES);
  const compiler: Compiler = { reader, schemas: new SchemaLibrary(reader), parser };
  const document: Node = { value: source.root, pointer: '' };
  const title = readHead(reader, document);
  const operations = readPaths(compiler, document, input.api);
  checkViewers(compiler, input.viewers);
  log.raise();
  return finish(input, source, title, operations, compiler);
}

function finish(
  input: ContractInput,
  source: SourceDocument,
  title: string,
  operations: Operation[],
  compiler: Compiler,
): Contract {
  return {
    api: input.api,
    path: input.path,
    title,
    operations,
    notes: compiler.reader.notes,
    views: compiler.schemas.views,
    names: declaredNames(source.root),
    locate: (pointers) => pointers.map(createLocator(source)),
  };
}

function readVersion(root: unknown, log: FaultLog): OpenApiVersion | null {
  if (!isObject(root)) {
    log.add('CONTRACT_SYNTAX', '', 'the document must be an object');
    return null;
  }
  const stated = root['openapi'];
  const version = typeof stated === 'string' ? /^3\.([01])\.[0-9]+$/.exec(stated) : null;
  if (version) return version[1] === '0' ? '3.0' : '3.1';
  log.add('CONTRACT_SYNTAX', '/openapi', 'openapi must be a 3.0.x or 3.1.x version, as a string');
  return null;
}

/** Everything beside the paths; returns the title. */
function readHead(reader: ContractReader, document: Node): string {
  reader.closed(document, DOCUMENT);
  const info = member(document, 'info');
  const title = info && reader.string(info, 'title');
  if (!title) reader.log.add('CONTRACT_SYNTAX', info?.pointer ?? '/info', 'info needs a title');
  const dialect = member(document, 'jsonSchemaDialect');
  if (dialect && !SCHEMA_URIS.has(dialect.value)) {
    reader.log.add(
      'CONTRACT_UNSUPPORTED',
      dialect.pointer,
      'only the dialect of OpenAPI 3.1 or JSON Schema 2020-12 is enforced',
    );
  }
  const components = member(document, 'components');
  if (components) reader.closed(components, COMPONENTS);
  return title ?? '';
}

function readPaths(compiler: Compiler, document: Node, api: string): Operation[] {
  const { reader } = compiler;
  const otherwise = reader.sensitivity(document) ?? 'normal';
  const operations: Operation[] = [];
  for (const [path, item] of reader.map(document, 'paths')) {
    if (path.startsWith('x-')) continue;
    const template = parseTemplate(path);
    if (typeof template === 'string') reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, template);
    const path_item = reader.resolve(item);
    if (!path_item || !reader.closed(path_item, PATH_ITEM)) continue;
    const sensitivity = reader.sensitivity(path_item) ?? otherwise;
    for (const method of METHODS) {
      const node = member(path_item, method.toLowerCase());
      if (!node || !reader.closed(node, OPERATION)) continue;
      const parsed = typeof template === 'string' ? null : template;
      operations.push(
        compileOperation(compiler, { api, method, path, template: parsed, path_item, node, sensitivity }),
      );
    }
  }
  if (operations.length === 0) reader.log.add('CONTRACT_SYNTAX', '/paths', 'the contract declares no operation');
  checkIds(reader, operations);
  return operations;
}

interface OperationInput {
  readonly api: string;
  readonly method: Method;
  readonly path: string;
  readonly template: PathTemplate | null;
  readonly path_item: Node;
  readonly node: Node;
  readonly sensitivity: Sensitivity;
}

function compileOperation(compiler: Compiler, input: OperationInput): Operation {
  const { api, method, node } = input;
  return {
    id: `${api}.${readId(compiler.reader, input)}`,
    api,
    method,
    template: input.path,
    path: input.template ?? { segments: [] },
    sensitivity: compiler.reader.sensitivity(node) ?? input.sensitivity,
    tags: readTags(compiler.reader, node),
    safe: SAFE.has(method),
    idempotent: IDEMPOTENT.has(method),
    parameters: compileParameters(compiler, input.path_item, node, input.template),
    body: compileRequestBody(compiler, node),
    responses: compileResponses(compiler, node),
    pointer: node.pointer,
  };
}

/** The operationId, or `get_orders_orderId` for GET /orders/{orderId}: stable as long as method and path are. */
function readId(reader: ContractReader, { method, path, node }: OperationInput): string {
  const declared = reader.string(node, 'operationId');
  if (declared === null)
    return [method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/)].filter((word) => word !== '').join('_');
  if (OPERATION_ID.test(declared)) return declared;
  const message = `the operationId '${clip(declared)}' is not made of letters, digits, '.', '_', '-' and '/'`;
  reader.log.add('CONTRACT_UNSUPPORTED', (member(node, 'operationId') as Node).pointer, message);
  return declared;
}

function readTags(reader: ContractReader, node: Node): string[] {
  return reader.list(node, 'tags').flatMap(({ value, pointer }) => {
    if (typeof value === 'string') return [value];
    reader.log.add('CONTRACT_SYNTAX', pointer, 'a tag must be a string');
    return [];
  });
}

function checkIds(reader: ContractReader, operations: readonly Operation[]): void {
  const seen = new Map<string, Operation>();
  for (const operation of operations) {
    const first = seen.get(operation.id);
    seen.set(operation.id, first ?? operation);
    if (!first) continue;
    const message = `the operation id '${operation.id}' is that of ${first.method} ${clip(first.template)} already`;
    reader.log.add('CONTRACT_SYNTAX', operation.pointer, message, 'Give each operation its own operationId');
  }
}

function checkViewers({ reader, schemas }: Compiler, viewers: ReadonlySet<string> | undefined): void {
  if (!viewers) return;
  for (const [name, pointer] of schemas.view_places) {
    if (viewers.has(name)) continue;
    reader.log.add('CONTRACT_BINDING', pointer, `x-views names '${clip(name)}', which is no party and no group`);
  }
}
