import { createHash } from 'node:crypto';
import { DEFAULT_JSON_LIMITS, JsonParser } from '../../../protocol/json/index.ts';
import { SCHEMA_URIS } from '../../../protocol/jsonschema/dialect.ts';
import { localiseReferences } from '../../../protocol/jsonschema/index.ts';
import { Resources } from '../../../protocol/jsonschema/resources.ts';
import { PlaceCompiler } from '../guards/compile-places.ts';
import { OperationPlacesReader } from '../guards/operation-places.ts';
import { readGuardSettings } from '../guards/read-guards.ts';
import type { GuardSettings } from '../guards/settings.ts';
import type { Bounds } from '../limits-config.ts';
import { compileRequestBody } from './compile-content.ts';
import { type Compiler, compileParameters } from './compile-parameters.ts';
import { compileResponses } from './compile-responses.ts';
import { type Survey, survey } from './declared-names.ts';
import type { TextFile } from './document.ts';
import { FaultLog } from './fault-log.ts';
import { COMPONENTS, DOCUMENT, OPERATION, PATH_ITEM } from './fields.ts';
import { readLimits } from './limits.ts';
import { type ComposedDocument, composeDocument } from './overlay/compose.ts';
import { pathSlashes } from './path-slashes.ts';
import { isObject, member, type Node } from './pointer.ts';
import { ContractReader, clip, type OpenApiVersion } from './reader.ts';
import { SchemaLibrary } from './schemas.ts';
import { type PathTemplate, parseTemplate } from './template.ts';
import { type Contract, METHODS, type Method, type Operation, type Sensitivity } from './types.ts';

export interface ContractInput extends TextFile {
  /** Name of the api; the first part of every operation's id. */
  readonly api: string;
  /** OpenAPI Overlay documents, applied in this order; none where absent. */
  readonly overlays?: readonly TextFile[];
  /** Bounds of the api, which `x-limits` may only tighten; not compared where absent. */
  readonly bounds?: Bounds;
  /** What the guards of the api do; where absent, an `x-guards` that loosens one is not told. */
  readonly guards?: GuardSettings;
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
 *   CONTRACT_REF, CONTRACT_UNSUPPORTED, CONTRACT_SCHEMA, CONTRACT_PATTERN, CONTRACT_RESPONSE_SCHEMA, CONTRACT_BINDING,
 *   CONTRACT_OVERLAY, CONTRACT_LIMITS
 */
export function loadContract(input: ContractInput): Contract {
  const source = composeDocument(input, input.overlays ?? []);
  const log = new FaultLog(source.locate);
  const version = readVersion(source.root, log);
  if (!version) {
    log.raise();
    throw new Error('a document without a version has a fault');
  }
  // Everything that reads the document from here on follows JSON Pointers only.
  localiseReferences(source.root, version === '3.0' ? '3.0' : '2020-12');
  const surveyed = survey(source.root);
  const reader = new ContractReader(source.root, version, log);
  checkFollowable(reader, surveyed);
  const parser = new JsonParser(DEFAULT_JSON_LIMITS, PARAMETER_TAPE_NODES);
  const compiler: Compiler = { reader, schemas: new SchemaLibrary(reader, surveyed.views), parser };
  const document: Node = { value: source.root, pointer: '' };
  const title = readHead(reader, document);
  const operations = readPaths(compiler, document, input);
  checkViewers(compiler, input.viewers);
  log.raise();
  return finish(input, source, title, operations, compiler, surveyed);
}

function finish(
  input: ContractInput,
  source: ComposedDocument,
  title: string,
  operations: Operation[],
  compiler: Compiler,
  { names, views }: Survey,
): Contract {
  return {
    api: input.api,
    path: input.path,
    title,
    operations,
    notes: compiler.reader.notes,
    views: compiler.schemas.views,
    names,
    digest: digestOf(input),
    root: source.root,
    locate: source.locate,
    release: () => source.release({ keep_document: views.size > 0 }),
  };
}

function digestOf({ text, overlays = [] }: ContractInput): string {
  const hash = createHash('sha256');
  for (const part of [text, ...overlays.map((overlay) => overlay.text)]) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
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

/** What an object says for the operations below it, unless one of them says otherwise. */
interface Inherited {
  readonly sensitivity: Sensitivity;
  readonly limits: Partial<Bounds>;
  readonly guards: Partial<GuardSettings>;
}

function inherit(
  reader: ContractReader,
  node: Node,
  around: Inherited,
  api: Pick<ContractInput, 'bounds' | 'guards'>,
): Inherited {
  return {
    sensitivity: reader.sensitivity(node) ?? around.sensitivity,
    limits: readLimits(reader, node, around.limits, api.bounds ?? null),
    guards: readGuardSettings(reader, node, around.guards, api.guards ?? null),
  };
}

function readPaths(compiler: Compiler, document: Node, input: ContractInput): Operation[] {
  const { reader } = compiler;
  const { api } = input;
  const places = new OperationPlacesReader(reader.root, new PlaceCompiler(reader.root));
  const everywhere = inherit(reader, document, { sensitivity: 'normal', limits: {}, guards: {} }, input);
  const operations: Operation[] = [];
  for (const [path, item] of reader.map(document, 'paths')) {
    if (path.startsWith('x-')) continue;
    const template = parseTemplate(path);
    if (typeof template === 'string') reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, template);
    const path_item = reader.resolve(item);
    if (!path_item || !reader.closed(path_item, PATH_ITEM)) continue;
    const here = inherit(reader, path_item, everywhere, input);
    for (const method of METHODS) {
      const node = member(path_item, method.toLowerCase());
      if (!node || !reader.closed(node, OPERATION)) continue;
      const parsed = typeof template === 'string' ? null : readTemplate(reader, path, path_item, node);
      const inherited = inherit(reader, node, here, input);
      operations.push(
        compileOperation(compiler, { api, method, path, template: parsed, path_item, node, inherited, places }),
      );
    }
  }
  if (operations.length === 0) tellOfNoOperation(reader, document);
  checkIds(reader, operations);
  return operations;
}

/** The path as this operation reads it: its parameters say what they may hold of slashes. Null after a fault. */
function readTemplate(reader: ContractReader, path: string, path_item: Node, operation: Node): PathTemplate | null {
  const template = parseTemplate(path, pathSlashes(reader.root, [path_item, operation]));
  if (typeof template !== 'string') return template;
  reader.log.add('CONTRACT_UNSUPPORTED', operation.pointer, template);
  return null;
}

interface OperationInput {
  readonly api: string;
  readonly method: Method;
  readonly path: string;
  readonly template: PathTemplate | null;
  readonly path_item: Node;
  readonly node: Node;
  readonly inherited: Inherited;
  readonly places: OperationPlacesReader;
}

function compileOperation(compiler: Compiler, input: OperationInput): Operation {
  const { api, method, node } = input;
  return {
    id: `${api}.${readId(compiler.reader, input)}`,
    api,
    method,
    template: input.path,
    path: input.template ?? { segments: [] },
    tags: readTags(compiler.reader, node),
    safe: SAFE.has(method),
    idempotent: IDEMPOTENT.has(method),
    parameters: compileParameters(compiler, input.path_item, node, input.template),
    body: compileRequestBody(compiler, node),
    responses: compileResponses(compiler, node),
    ...input.inherited,
    places: input.places.read(input.path_item, node),
    pointer: node.pointer,
  };
}

/** A description of webhooks alone is whole, and lets nothing in; any other without operations is a mistake. */
function tellOfNoOperation(reader: ContractReader, document: Node): void {
  const message = 'the contract declares no operation';
  if (member(document, 'webhooks')) reader.note('paths', '/webhooks', `${message}, so everything is refused`);
  else reader.log.add('CONTRACT_SYNTAX', '/paths', message);
}

/** The operationId, or `get_orders_orderId` for GET /orders/{orderId}: stable as long as method and path are. */
function readId(reader: ContractReader, { method, path, node }: OperationInput): string {
  const declared = reader.string(node, 'operationId');
  if (declared !== null && OPERATION_ID.test(declared)) return declared;
  const derived = [method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/)].filter((word) => word !== '').join('_');
  if (declared === null) return derived;
  const text = `the operationId '${clip(declared)}' cannot stand in policies and records; the operation is '${derived}'`;
  reader.note('operationId', `${node.pointer}/operationId`, text);
  return derived;
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

/** Views are found by following references; where a dynamic one leads depends on the way there. */
function checkFollowable({ log, version, root }: ContractReader, { views }: Survey): void {
  if (views.size === 0 || version === '3.0' || !Resources.of(root, '2020-12').dynamic) return;
  log.add('CONTRACT_UNSUPPORTED', '', 'x-views is not enforced in a description with $dynamicAnchor');
}

function checkViewers({ reader, schemas }: Compiler, viewers: ReadonlySet<string> | undefined): void {
  if (!viewers) return;
  for (const [name, pointer] of schemas.view_places) {
    if (viewers.has(name)) continue;
    reader.log.add('CONTRACT_BINDING', pointer, `x-views names '${clip(name)}', which is no party and no group`);
  }
}
