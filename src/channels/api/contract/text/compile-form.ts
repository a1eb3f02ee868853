import { checkExplode } from '../compile-text.ts';
import type { Compiler } from '../compiler.ts';
import { ENCODING } from '../fields.ts';
import { isJsonMediaType, parseMediaType } from '../media-type.ts';
import { member, members, type Node, pointerTo } from '../pointer.ts';
import { clip } from '../reader.ts';
import type { Direction } from '../schemas.ts';
import { compileNames } from './compile-names.ts';
import { compileInnerPlan, DEEP_DEPTH, FLAT_DEPTH, isReadable, memberSchemas } from './compile-plan.ts';
import { possibleTypes } from './possible-types.ts';
import { carriedBy, defaultExplode, stylesOf } from './styles.ts';
import type { FormField, FormPlan, Style, TextPlan } from './types.ts';

/** How one property is written, as its entry in `encoding` says. */
interface Serialisation {
  /** Null where nothing is stated: scalars and arrays are then exploded forms, objects JSON. */
  readonly style: Style | null;
  readonly explode: boolean;
  readonly reserved: boolean;
  readonly json: boolean;
}

const JSON_PLAN: TextPlan = { scalars: ['string'], array: null, object: null, schemas: [] };
const UNSTATED: Serialisation = { style: null, explode: true, reserved: false, json: false };

/**
 * Compiles a form: an object schema whose properties are fields, each serialised as its entry in `encoding` says.
 *
 * Without an entry scalars are `name=value` and arrays repeat the name; a property that can only be an object, or an
 * array of more than scalars, is JSON, which is the default `contentType` of OpenAPI 3.0.4 and 3.1.1 section 4.8.15.1.
 *
 * @param encoding the `encoding` map of the media type; null where it has none
 * @returns null after a fault; faults are collected by the compiler's reader
 */
export function compileForm(
  compiler: Compiler,
  schema: Node,
  encoding: Node | null,
  direction: Direction,
): FormPlan | null {
  const { reader, schemas, parser } = compiler;
  if (!possibleTypes(reader.root, schema).has('object')) {
    reader.log.add('CONTRACT_UNSUPPORTED', schema.pointer, 'a form needs a schema of type object');
    return null;
  }
  const { named, others } = memberSchemas(reader.root, schema);
  checkEncodings(compiler, encoding, named);
  const fields: { field: FormField; node: Node }[] = [];
  for (const [name, nodes] of named) {
    const field = compileField(compiler, name, nodes, encoding && member(encoding, name), direction);
    if (field) fields.push({ field, node: nodes[0] as Node });
  }
  const rest = compileInnerPlan(compiler, others, direction, 0);
  if (rest && isReadable(rest)) fields.push({ field: restField(rest), node: schema });
  const compiled = schemas.compile(schema, direction);
  const names = compileNames(reader, fields);
  return compiled && { fields: fields.map(({ field }) => field), names, schema: compiled, parser };
}

function checkEncodings({ reader }: Compiler, encoding: Node | null, named: ReadonlyMap<string, unknown>): void {
  for (const [name, node] of encoding ? members(encoding) : []) {
    if (!named.has(name)) reader.note('encoding of no property', node.pointer);
  }
}

function compileField(
  compiler: Compiler,
  name: string,
  nodes: readonly Node[],
  encoding: Node | null,
  direction: Direction,
): FormField | null {
  const { style, explode, reserved, json } = encoding ? readEncoding(compiler, encoding) : UNSTATED;
  const base = { name, empty: false, reserved, is_rest: false, at: fieldAt(name) };
  if (json) return { ...base, plan: JSON_PLAN, media: 'json', style: 'form', explode: true };
  const depth = style === 'deepObject' ? DEEP_DEPTH : FLAT_DEPTH;
  const possible = compileInnerPlan(compiler, nodes, direction, depth);
  const plan = possible && carried(possible, style);
  if (plan && isReadable(plan)) return { ...base, plan, media: 'text', style: style ?? 'form', explode };
  const structured = nodes.some((node) => {
    const types = possibleTypes(compiler.reader.root, node);
    return types.has('object') || types.has('array');
  });
  if (style === null && structured) return { ...base, plan: JSON_PLAN, media: 'json', style: 'form', explode: true };
  const at = nodes[0] as Node;
  const message = `the property '${clip(name)}' has no form as text${style ? ` in style ${style}` : ''}`;
  compiler.reader.log.add(
    'CONTRACT_UNSUPPORTED',
    at.pointer,
    message,
    'Give it an encoding with contentType application/json',
  );
  return null;
}

function carried(plan: TextPlan, style: Style | null): TextPlan {
  if (style === null) return { ...plan, object: null };
  return carriedBy(style, plan);
}

function readEncoding(compiler: Compiler, node: Node): Serialisation {
  const { reader } = compiler;
  if (!reader.closed(node, ENCODING)) return UNSTATED;
  const stated = reader.string(node, 'style');
  const reserved = reader.boolean(node, 'allowReserved', false);
  const style = stylesOf('query').find((word) => word === (stated ?? 'form')) ?? null;
  if (style === null) {
    const message = `style '${clip(stated as string)}' is not enforced in a form`;
    reader.log.add(
      'CONTRACT_UNSUPPORTED',
      (member(node, 'style') as Node).pointer,
      message,
      `Use ${stylesOf('query').join(', ')}`,
    );
    return UNSTATED;
  }
  const explode = reader.boolean(node, 'explode', defaultExplode(style));
  checkExplode(compiler, node, style, explode);
  const is_stated = ['style', 'explode', 'allowReserved'].some((word) => member(node, word) !== null);
  const json = !is_stated && readContentType(compiler, node);
  return { style: is_stated ? style : null, explode, reserved, json };
}

/** Whether `contentType` says JSON; it counts only where nothing is said of a style. */
function readContentType({ reader }: Compiler, node: Node): boolean {
  const stated = reader.string(node, 'contentType');
  if (stated === null) return false;
  const type = parseMediaType(stated) ?? '';
  if (isJsonMediaType(type)) return true;
  if (type !== 'text/plain') {
    const at = member(node, 'contentType') as Node;
    reader.log.add(
      'CONTRACT_UNSUPPORTED',
      at.pointer,
      `'${clip(stated)}' is not enforced in a form`,
      'Use application/json or text/plain',
    );
  }
  return false;
}

function restField(plan: TextPlan): FormField {
  return {
    name: '',
    style: 'form',
    explode: true,
    plan: { scalars: [], array: null, object: { properties: new Map(), others: plan }, schemas: [] },
    media: 'text',
    empty: false,
    reserved: false,
    is_rest: true,
    at: fieldAt(''),
  };
}

function fieldAt(name: string): FormField['at'] {
  const place = name === '' ? '' : pointerTo('', name);
  return { code: 'VALIDATE_FORM', repeated: 'VALIDATE_FORM', place };
}
