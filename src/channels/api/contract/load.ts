import { createHash } from 'node:crypto';
import { DEFAULT_JSON_LIMITS, JsonParser } from '../../../protocol/json/index.ts';
import { SCHEMA_URIS } from '../../../protocol/jsonschema/dialect.ts';
import { localiseReferences } from '../../../protocol/jsonschema/index.ts';
import { Resources } from '../../../protocol/jsonschema/resources.ts';
import { type ApiOfContract, compileOperations } from './compile-operations.ts';
import type { Compiler } from './compiler.ts';
import { type Survey, survey } from './declared-names.ts';
import type { TextFile } from './document.ts';
import { FaultLog } from './fault-log.ts';
import { COMPONENTS, DOCUMENT } from './fields.ts';
import { type ComposedDocument, composeDocument } from './overlay/compose.ts';
import { isObject, member, type Node } from './pointer.ts';
import { ContractReader, clip, type OpenApiVersion } from './reader.ts';
import { mentions } from './scalar.ts';
import { SchemaLibrary } from './schemas.ts';
import type { Contract, Operation } from './types.ts';

export interface ContractInput extends TextFile, ApiOfContract {
  /** OpenAPI Overlay documents, applied in this order; none where absent. */
  readonly overlays?: readonly TextFile[];
  /** Parties and groups `x-views` may name; not checked where absent. */
  readonly viewers?: ReadonlySet<string>;
}

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
  const operations = compileOperations(compiler, document, input);
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
      'Remove it where the schemas mean the same in these, in an overlay if the file is not yours',
    );
  }
  const components = member(document, 'components');
  if (components) reader.closed(components, COMPONENTS);
  return title ?? '';
}

/** Views, and what is to be filled in, are found by following references; where a dynamic one leads depends on the way. */
function checkFollowable({ log, version, root }: ContractReader, { views }: Survey): void {
  if (version === '3.0' || !Resources.of(root, '2020-12').dynamic) return;
  const told = [
    ...(views.size > 0 ? ['x-views'] : []),
    ...(mentions(root, { value: root, pointer: '' }, 'x-bind') ? ['x-bind'] : []),
  ];
  for (const word of told) {
    log.add('CONTRACT_UNSUPPORTED', '', `${word} is not enforced in a description with $dynamicAnchor`);
  }
}

function checkViewers({ reader, schemas }: Compiler, viewers: ReadonlySet<string> | undefined): void {
  if (!viewers) return;
  for (const [name, pointer] of schemas.view_places) {
    if (viewers.has(name)) continue;
    reader.log.add('CONTRACT_BINDING', pointer, `x-views names '${clip(name)}', which is no party and no group`);
  }
}
