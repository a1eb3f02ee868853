import { PlaceCompiler } from '../guards/compile-places.ts';
import { OperationPlacesReader } from '../guards/operation-places.ts';
import { readGuardSettings } from '../guards/read-guards.ts';
import type { GuardSettings } from '../guards/settings.ts';
import type { Bounds } from '../limits-config.ts';
import { compileRequestBody } from './compile-content.ts';
import { compileParameters } from './compile-parameters.ts';
import { compileResponses } from './compile-responses.ts';
import type { Compiler } from './compiler.ts';
import { OPERATION, PATH_ITEM } from './fields.ts';
import { readLimits } from './limits.ts';
import { pathSlashes } from './path-slashes.ts';
import { member, type Node } from './pointer.ts';
import { type ContractReader, clip } from './reader.ts';
import { type PathTemplate, parseTemplate } from './template.ts';
import { METHODS, type Method, type Operation, type Sensitivity } from './types.ts';

/** What the configuration says about the api whose contract is read. */
export interface ApiOfContract {
  /** Name of the api; the first part of every operation's id. */
  readonly api: string;
  /** Bounds of the api, which `x-limits` may only tighten; not compared where absent. */
  readonly bounds?: Bounds;
  /** What the guards of the api do; where absent, an `x-guards` that loosens one is not told. */
  readonly guards?: GuardSettings;
}

const SAFE: ReadonlySet<Method> = new Set(['GET', 'HEAD', 'OPTIONS']);
const IDEMPOTENT: ReadonlySet<Method> = new Set([...SAFE, 'PUT', 'DELETE'] as const);
/** What may stand in an operation's id: policies, records and logs carry it. */
const OPERATION_ID = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;

/** An overlay cannot give a path another name. */
const OTHER_PATH = 'Declare it under another path and remove this one, in an overlay if the file is not yours';

/** What an object says for the operations below it, unless one of them says otherwise. */
interface Inherited {
  readonly sensitivity: Sensitivity;
  readonly limits: Partial<Bounds>;
  readonly guards: Partial<GuardSettings>;
}

function inherit(reader: ContractReader, node: Node, around: Inherited, api: ApiOfContract): Inherited {
  return {
    sensitivity: reader.sensitivity(node) ?? around.sensitivity,
    limits: readLimits(reader, node, around.limits, api.bounds ?? null),
    guards: readGuardSettings(reader, node, around.guards, api.guards ?? null),
  };
}

/** Every operation of a description; what is wrong with one is a fault in the log. */
export function compileOperations(compiler: Compiler, document: Node, input: ApiOfContract): Operation[] {
  const { reader } = compiler;
  const { api } = input;
  const places = new OperationPlacesReader(reader.root, new PlaceCompiler(reader.root));
  const everywhere = inherit(reader, document, { sensitivity: 'normal', limits: {}, guards: {} }, input);
  const operations: Operation[] = [];
  reader.unextended(member(document, 'paths'), 'the paths');
  reader.unextended(member(document, 'info'), 'info');
  for (const [path, item] of reader.map(document, 'paths')) {
    if (path.startsWith('x-')) continue;
    const template = parseTemplate(path);
    if (typeof template === 'string') reader.log.add('CONTRACT_UNSUPPORTED', item.pointer, template, OTHER_PATH);
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
  reader.log.add('CONTRACT_UNSUPPORTED', operation.pointer, template, OTHER_PATH);
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
