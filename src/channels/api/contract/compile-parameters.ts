import type { JsonParser } from '../../../protocol/json/index.ts';
import { checkPersonalData } from './annotations.ts';
import { PARAMETER } from './fields.ts';
import { headerUse } from './header-names.ts';
import { member, type Node } from './pointer.ts';
import { type ContractReader, clip } from './reader.ts';
import { find, textType } from './scalar.ts';
import type { SchemaLibrary } from './schemas.ts';
import { type PathTemplate, parameterNames } from './template.ts';
import { BINDINGS, type BindingName, type CompiledParameters, type Parameter } from './types.ts';

/** What a loader carries from one part of a contract to the next. */
export interface Compiler {
  readonly reader: ContractReader;
  readonly schemas: SchemaLibrary;
  readonly parser: JsonParser;
}

const PLACES = ['path', 'query', 'header'] as const;
type Place = (typeof PLACES)[number];
const STYLES: Readonly<Record<Place, string>> = { path: 'simple', query: 'form', header: 'simple' };

interface Declared {
  readonly place: Place;
  readonly pointer: string;
  readonly parameter: Parameter | null;
}

/**
 * Compiles the parameters of an operation: those of its path item, overridden by its own (same name and place).
 *
 * @param template null where the path itself is broken; path parameters are then not held against it
 */
export function compileParameters(
  compiler: Compiler,
  path_item: Node,
  operation: Node,
  template: PathTemplate | null,
): CompiledParameters {
  const declared = new Map<string, Declared>();
  for (const holder of [path_item, operation]) {
    for (const [key, entry] of readList(compiler, holder)) declared.set(key, entry);
  }
  const names = template ? parameterNames(template) : [];
  if (template) checkPathNames(compiler.reader, operation, names, declared);
  const all = [...declared.values()];
  const of = (place: Place) =>
    all.flatMap((entry) => (entry.place === place && entry.parameter ? [entry.parameter] : []));
  return {
    path: names.flatMap((name) => declared.get(`path ${name}`)?.parameter ?? []),
    query: new Map(of('query').map((parameter) => [parameter.name, parameter])),
    headers: of('header'),
  };
}

function readList(compiler: Compiler, holder: Node): Map<string, Declared> {
  const { reader } = compiler;
  const found = new Map<string, Declared>();
  for (const item of reader.list(holder, 'parameters')) {
    const node = reader.resolve(item);
    if (!node || !reader.closed(node, PARAMETER)) continue;
    const place = readPlace(reader, node);
    const name = reader.string(node, 'name');
    if (!name) reader.log.add('CONTRACT_SYNTAX', node.pointer, 'a parameter needs a name');
    if (!place || !name) continue;
    const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
    if (found.has(key))
      reader.log.add('CONTRACT_SYNTAX', item.pointer, `the ${place} parameter '${clip(name)}' is declared twice`);
    found.set(key, { place, pointer: item.pointer, parameter: compileParameter(compiler, node, place, name) });
  }
  return found;
}

function readPlace(reader: ContractReader, node: Node): Place | null {
  const where = reader.string(node, 'in');
  const place = PLACES.find((word) => word === where);
  if (place) return place;
  const at = member(node, 'in');
  if (where === 'cookie')
    reader.log.add('CONTRACT_UNSUPPORTED', at?.pointer ?? node.pointer, 'cookie parameters are not enforced');
  else reader.log.add('CONTRACT_SYNTAX', at?.pointer ?? node.pointer, "a parameter needs 'in': path, query or header");
  return null;
}

function checkPathNames(
  reader: ContractReader,
  operation: Node,
  names: readonly string[],
  declared: Map<string, Declared>,
): void {
  for (const name of names) {
    if (declared.has(`path ${name}`)) continue;
    reader.log.add('CONTRACT_SYNTAX', operation.pointer, `the path parameter {${clip(name)}} is not declared`);
  }
  for (const [key, { place, pointer }] of declared) {
    if (place !== 'path' || names.includes(key.slice('path '.length))) continue;
    reader.log.add('CONTRACT_SYNTAX', pointer, `the path has no {${clip(key.slice('path '.length))}}`);
  }
}

/** Null after a fault, and for header fields which OpenAPI ignores as parameters. */
function compileParameter(compiler: Compiler, node: Node, place: Place, declared_name: string): Parameter | null {
  const { reader, schemas, parser } = compiler;
  const name = place === 'header' ? declared_name.toLowerCase() : declared_name;
  if (place === 'header' && !checkHeaderName(reader, node, name)) return null;
  checkSerialisation(reader, node, place);
  checkPersonalData(reader.log, node);
  const required = reader.boolean(node, 'required', false);
  if (place === 'path' && !required)
    reader.log.add('CONTRACT_SYNTAX', node.pointer, 'a path parameter must have required: true');
  const schema = member(node, 'schema');
  if (!schema) {
    reader.log.add('CONTRACT_SCHEMA', node.pointer, 'a parameter needs a schema');
    return null;
  }
  const type = textType(reader.root, schema);
  if (!type) {
    const message = 'a parameter must be a string, integer, number, boolean or an array of one of these';
    reader.log.add('CONTRACT_UNSUPPORTED', schema.pointer, message, 'Give its schema one type');
    return null;
  }
  const compiled = schemas.compile(schema, 'request');
  const binding = readBinding(reader, node, schema, type.kind === 'string' && !type.array);
  if (!compiled) return null;
  const explode = reader.boolean(node, 'explode', place === 'query');
  return { name, place: `${place}/${declared_name}`, required, ...type, explode, binding, schema: compiled, parser };
}

function checkHeaderName(reader: ContractReader, node: Node, name: string): boolean {
  const use = headerUse(name, 'request');
  if (use === 'ignored') reader.note(`header parameter ${name}`, node.pointer);
  if (use === 'reserved')
    reader.log.add('CONTRACT_UNSUPPORTED', node.pointer, `the header '${clip(name)}' is the gate's own`);
  if (use === 'invalid') reader.log.add('CONTRACT_SYNTAX', node.pointer, `'${clip(name)}' cannot name a header`);
  return use === 'declared';
}

function checkSerialisation(reader: ContractReader, node: Node, place: Place): void {
  const style = reader.string(node, 'style') ?? STYLES[place];
  if (style !== STYLES[place]) {
    const at = member(node, 'style') as Node;
    reader.log.add(
      'CONTRACT_UNSUPPORTED',
      at.pointer,
      `style '${clip(style)}' is not enforced in ${place}`,
      `Use ${STYLES[place]}`,
    );
  }
  for (const word of ['allowEmptyValue', 'allowReserved']) {
    if (!reader.boolean(node, word, false)) continue;
    reader.log.add('CONTRACT_UNSUPPORTED', (member(node, word) as Node).pointer, `${word} is not enforced`);
  }
}

/** `x-bind` on the parameter, or on its schema where that is shared with bodies; the schema compiler judges that one. */
function readBinding(reader: ContractReader, node: Node, schema: Node, is_string: boolean): BindingName | null {
  const annotation = member(node, 'x-bind');
  if (!annotation) return nameOf(is_string ? find(reader.root, schema, 'x-bind') : null);
  const name = nameOf(annotation);
  if (!name) reader.log.add('CONTRACT_BINDING', annotation.pointer, `x-bind must be one of ${BINDINGS.join(', ')}`);
  if (!is_string) reader.log.add('CONTRACT_BINDING', annotation.pointer, 'x-bind stands on a string only');
  return name;
}

function nameOf(annotation: Node | null): BindingName | null {
  return BINDINGS.find((word) => word === annotation?.value) ?? null;
}
