import { checkPersonalData } from './annotations.ts';
import { checkExplode, textPlan, textSchema } from './compile-text.ts';
import type { Compiler } from './compiler.ts';
import { REMOVE_IT } from './fault-log.ts';
import { PARAMETER } from './fields.ts';
import { headerRemedy, headerUse } from './header-names.ts';
import { member, type Node } from './pointer.ts';
import { type ContractReader, clip } from './reader.ts';
import { find, mentions } from './scalar.ts';
import { type PathTemplate, parameterNames } from './template.ts';
import { compileNames } from './text/compile-names.ts';
import { defaultExplode, defaultStyle, PLACES, type Place, stylesOf } from './text/styles.ts';
import type { Style, TextPlan } from './text/types.ts';
import { BINDINGS, type BindingName, type CompiledParameters, type Parameter } from './types.ts';

export type { Compiler } from './compiler.ts';

interface Declared {
  readonly place: Place;
  readonly node: Node;
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
    all.flatMap(({ place: own, parameter, node }) => (own === place && parameter ? [{ field: parameter, node }] : []));
  const fields = (place: Place) => of(place).map(({ field }) => field);
  return {
    path: names.flatMap((name) => declared.get(`path ${name}`)?.parameter ?? []),
    query: new Map(fields('query').map((parameter) => [parameter.name, parameter])),
    query_names: compileNames(compiler.reader, of('query')),
    headers: fields('header'),
    cookies: fields('cookie'),
    cookie_names: compileNames(compiler.reader, of('cookie')),
  };
}

function readList(compiler: Compiler, holder: Node): Map<string, Declared> {
  const { reader } = compiler;
  const found = new Map<string, Declared>();
  for (const item of reader.list(holder, 'parameters')) {
    const node = reader.resolve(item);
    const read = node && reader.once('parameter', node, () => readParameter(compiler, node));
    if (!read) continue;
    const { key, place, name, parameter } = read;
    if (found.has(key))
      reader.log.add('CONTRACT_SYNTAX', item.pointer, `the ${place} parameter '${clip(name)}' is declared twice`);
    found.set(key, { place, node: item, parameter });
  }
  return found;
}

interface ReadParameter {
  /** Place and name: what an operation overrides those of its path item by. */
  readonly key: string;
  readonly place: Place;
  readonly name: string;
  readonly parameter: Parameter | null;
}

function readParameter(compiler: Compiler, node: Node): ReadParameter | null {
  const { reader } = compiler;
  if (!reader.closed(node, PARAMETER)) return null;
  const place = readPlace(reader, node);
  const name = reader.string(node, 'name');
  if (!name) reader.log.add('CONTRACT_SYNTAX', node.pointer, 'a parameter needs a name');
  if (!place || !name) return null;
  const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
  return { key, place, name, parameter: compileParameter(compiler, node, place, name) };
}

function readPlace(reader: ContractReader, node: Node): Place | null {
  const where = reader.string(node, 'in');
  const place = PLACES.find((word) => word === where);
  if (place) return place;
  const at = member(node, 'in') ?? node;
  reader.log.add('CONTRACT_SYNTAX', at.pointer, "a parameter needs 'in': path, query, header or cookie");
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
  for (const [key, { place, node }] of declared) {
    if (place !== 'path' || names.includes(key.slice('path '.length))) continue;
    reader.log.add('CONTRACT_SYNTAX', node.pointer, `the path has no {${clip(key.slice('path '.length))}}`);
  }
}

/** Null after a fault, and for header fields which are read past. */
function compileParameter(compiler: Compiler, node: Node, place: Place, declared_name: string): Parameter | null {
  const { reader, schemas, parser } = compiler;
  const name = place === 'header' ? declared_name.toLowerCase() : declared_name;
  const required = reader.boolean(node, 'required', false);
  if (!checkName(reader, node, place, name, required)) return null;
  const style = readStyle(reader, node, place);
  const explode = reader.boolean(node, 'explode', defaultExplode(style));
  checkPersonalData(reader.log, node);
  // A path that lacks it does not match, so nothing depends on the word.
  if (place === 'path' && !required) reader.note('path parameter without required', node.pointer);
  const text = textSchema(compiler, node, 'a parameter');
  if (!text) {
    if (!member(node, 'content')) reader.log.add('CONTRACT_SCHEMA', node.pointer, 'a parameter needs a schema');
    return null;
  }
  if (text.media === 'text') checkExplode(compiler, node, style, explode);
  const plan = textPlan(compiler, text, 'request', style, 'a parameter');
  if (!plan) return null;
  const schema = schemas.compile(text.schema, 'request');
  const binding = readBinding(reader, node, text.schema, text.media === 'text' && isString(plan));
  if (!schema) return null;
  const place_of_value = `${place}/${declared_name}`;
  return {
    name,
    place: place_of_value,
    at: { code: 'VALIDATE_PARAMETER', repeated: 'VALIDATE_PARAMETER_REPEATED', place: place_of_value },
    required: required || place === 'path',
    style,
    explode,
    plan,
    media: text.media,
    schema,
    parser,
    binding,
    slashes: readSlashes(reader, node, place, text.media === 'text' && isString(plan)),
    words: place === 'path' && style === 'simple' && isString(plan) ? readWords(reader.root, text.schema) : null,
    ...readQueryFlags(reader, node, place, text.schema),
  };
}

/** The strings of `enum` or `const`; a value may be fewer of them, and none beside. */
function readWords(root: unknown, schema: Node): string[] | null {
  const only = find(root, schema, 'const');
  const listed = only ? [only.value] : find(root, schema, 'enum')?.value;
  return Array.isArray(listed) ? listed.filter((value) => typeof value === 'string') : null;
}

function isString(plan: TextPlan): boolean {
  return plan.scalars.length === 1 && plan.scalars[0] === 'string' && !plan.array && !plan.object;
}

/** RFC 6265 section 4.1.1: the name of a cookie is a token. */
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/;

function checkName(reader: ContractReader, node: Node, place: Place, name: string, required: boolean): boolean {
  if (place === 'cookie' && !TOKEN.test(name)) {
    reader.log.add('CONTRACT_SYNTAX', node.pointer, `'${clip(name)}' cannot name a cookie`);
    return false;
  }
  if (place !== 'header') return true;
  const use = headerUse(name, 'request');
  if (use === 'ignored') reader.note(`header parameter ${name}`, node.pointer);
  if (use === 'gate') {
    if (!required) reader.note(`header parameter ${name}`, node.pointer);
    else {
      const message = `the header '${clip(name)}' is never passed on`;
      reader.log.add('CONTRACT_UNSUPPORTED', node.pointer, message, REMOVE_IT);
    }
  }
  if (use === 'reserved') {
    const message = `the header '${clip(name)}' is the gate's own`;
    reader.log.add('CONTRACT_UNSUPPORTED', node.pointer, message, REMOVE_IT);
  }
  if (use === 'invalid') {
    reader.log.add('CONTRACT_SYNTAX', node.pointer, `'${clip(name)}' cannot name a header`, headerRemedy(name));
  }
  return use === 'declared';
}

function readStyle(reader: ContractReader, node: Node, place: Place): Style {
  const styles = stylesOf(place);
  const stated = reader.string(node, 'style') ?? defaultStyle(place);
  const style = styles.find((word) => word === stated);
  if (style) return style;
  const at = member(node, 'style') as Node;
  const message = `style '${clip(stated)}' is not enforced in ${place}`;
  reader.log.add('CONTRACT_UNSUPPORTED', at.pointer, message, `Use ${styles.join(', ')}`);
  return defaultStyle(place);
}

/** Both are about queries; elsewhere OpenAPI gives them no meaning. */
function readQueryFlags(
  reader: ContractReader,
  node: Node,
  place: Place,
  schema: Node,
): Pick<Parameter, 'empty' | 'reserved'> {
  const empty = reader.boolean(node, 'allowEmptyValue', false);
  const reserved = reader.boolean(node, 'allowReserved', false);
  // The empty text is nobody's name, and to many services it means everybody.
  const is_bound = member(node, 'x-bind') !== null || (empty && mentions(reader.root, schema, 'x-bind'));
  if (place === 'query') return { empty: empty && !is_bound, reserved };
  if (empty) reader.note('allowEmptyValue', node.pointer);
  if (reserved) reader.note('allowReserved', node.pointer);
  return { empty: false, reserved: false };
}

/** Outside of a path a slash is a character like others. */
function readSlashes(reader: ContractReader, node: Node, place: Place, is_string: boolean): Parameter['slashes'] {
  const slashes = slashesOf(node);
  for (const word of ['x-encoded-slash', 'x-multi-segment']) reader.boolean(node, word, false);
  if (slashes === 'none') return slashes;
  const at = member(node, slashes === 'encoded' ? 'x-encoded-slash' : 'x-multi-segment') as Node;
  if (place !== 'path') reader.note('slashes outside of paths', at.pointer);
  else if (!is_string) reader.log.add('CONTRACT_BINDING', at.pointer, 'only a string may hold slashes');
  else if (member(node, 'style') && member(node, 'style')?.value !== 'simple')
    reader.log.add('CONTRACT_BINDING', at.pointer, 'only style simple may hold slashes');
  return place === 'path' ? slashes : 'none';
}

/** What a parameter object says about slashes; `x-multi-segment` is the wider and wins. */
export function slashesOf(node: Node): Parameter['slashes'] {
  if (member(node, 'x-multi-segment')?.value === true) return 'segments';
  return member(node, 'x-encoded-slash')?.value === true ? 'encoded' : 'none';
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
