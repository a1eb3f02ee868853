import { isObject, member, type Node } from '../../contract/pointer.ts';
import type { Direction } from '../../contract/schemas.ts';
import {
  contentOf,
  type ReviewedContent,
  type ReviewedOperation,
  type ReviewedParameter,
  type ReviewedResponse,
} from '../document.ts';
import { canonicalText } from '../shape.ts';
import { type Change, changeOf, type Effect, shown } from './change.ts';
import type { Pair, SchemaComparer } from './schemas.ts';

/** What two versions of an operation differ in: differences of its own, and pairs of schemas to look into. */
export interface OperationChanges {
  readonly own: readonly PlacedChange[];
  readonly schemas: readonly { readonly where: string; readonly pair: Pair }[];
}

export interface PlacedChange extends Change {
  /** In words: `query limit`, `body`, `answer 200`. */
  readonly where: string;
  /** JSON Pointer in the new description; of what is gone, in the old. */
  readonly pointer: string;
}

/** Compares everything of one operation. */
export function compareOperation(
  before: ReviewedOperation,
  after: ReviewedOperation,
  comparer: SchemaComparer,
): OperationChanges {
  const comparison = new OperationComparison(comparer);
  comparison.facts(before, after);
  comparison.parameters(before.parameters, after.parameters, before.path, after.path);
  comparison.bodies(before, after);
  comparison.responses(before, after);
  return comparison;
}

/** Extensions of which an operation has a part from itself, its path item and the document. */
const INHERITED = ['x-limits', 'x-guards'];
const SENSITIVITIES = ['low', 'normal', 'high'];

class OperationComparison implements OperationChanges {
  readonly own: PlacedChange[] = [];
  readonly schemas: { where: string; pair: Pair }[] = [];
  readonly #comparer: SchemaComparer;

  constructor(comparer: SchemaComparer) {
    this.#comparer = comparer;
  }

  facts(before: ReviewedOperation, after: ReviewedOperation): void {
    const add = this.#adder('operation', after.node.pointer, 'request');
    if (before.name !== after.name) add('words', 'renamed', `${before.name} → ${after.name}, as policies name it`);
    if (before.path !== after.path) add('words', 'parameter-renamed', `${before.path} → ${after.path}`);
    const nearest = (operation: ReviewedOperation) =>
      String(statedFor(operation, 'x-sensitivity').find((value) => value !== undefined) ?? 'normal');
    const [was, is] = [nearest(before), nearest(after)];
    const rank = (sensitivity = '') => SENSITIVITIES.indexOf(sensitivity);
    if (was !== is)
      add(rank(is) < rank(was) ? 'possible' : 'impossible', 'sensitivity', `x-sensitivity ${was} → ${is}`);
    for (const key of INHERITED) {
      const [old_text, new_text] = [before, after].map((operation) => canonicalText(statedFor(operation, key)));
      if (old_text !== new_text) add('possible', `${key}-uncompared`, `${key} is another, and is not compared`);
    }
    const tags = ({ node }: ReviewedOperation) => canonicalText(member(node, 'tags')?.value ?? []);
    if (tags(before) !== tags(after)) add('words', 'tags', 'tags are others, and policies may decide by them');
    const deprecated = ({ node }: ReviewedOperation) => member(node, 'deprecated')?.value === true;
    if (deprecated(after) && !deprecated(before)) add('words', 'deprecated', 'deprecated');
  }

  parameters(
    before: readonly ReviewedParameter[],
    after: readonly ReviewedParameter[],
    old_path: string,
    new_path: string,
  ): void {
    const olds = new Map(before.map((parameter) => [keyOf(parameter, old_path), parameter]));
    const news = new Map(after.map((parameter) => [keyOf(parameter, new_path), parameter]));
    for (const [key, is] of news) {
      const add = this.#adder(`${is.in} ${is.name}`, is.node.pointer, 'request');
      const was = olds.get(key);
      if (!was) {
        add('possible', 'parameter-added', `parameter '${is.name}'`);
        if (is.required) add('impossible', 'parameter-required', `parameter '${is.name}' must be there`);
      } else this.#parameter(was, is, add);
    }
    for (const [key, was] of olds) {
      if (news.has(key)) continue;
      const add = this.#adder(`${was.in} ${was.name}`, was.node.pointer, 'request');
      add('impossible', 'parameter-removed', `parameter '${was.name}' no more`);
    }
  }

  #parameter(was: ReviewedParameter, is: ReviewedParameter, add: Add): void {
    const where = `${is.in} ${is.name}`;
    if (was.required && !is.required) add('possible', 'parameter-optional', 'may be absent');
    if (!was.required && is.required) add('impossible', 'parameter-required', 'must be there');
    for (const key of ['style', 'explode', 'allowReserved', 'allowEmptyValue', 'x-bind']) {
      const [old_value, new_value] = [was, is].map(({ node }) => member(node, key)?.value);
      if (old_value === new_value) continue;
      const text = `${key} ${shown(old_value)} → ${shown(new_value)}`;
      if (key === 'x-bind' && old_value === undefined) add('impossible', 'x-bind-added', text);
      else if (key === 'x-bind' && new_value === undefined) add('possible', 'x-bind-removed', text);
      else add('possible', `${key}-uncompared`, text);
    }
    for (const key of ['x-multi-segment', 'x-encoded-slash']) {
      const [old_value, new_value] = [was, is].map(({ node }) => member(node, key)?.value === true);
      if (new_value && !old_value) add('possible', 'slashes-wider', key);
      if (old_value && !new_value) add('impossible', 'slashes-narrower', `${key} no more`);
    }
    this.#schema(where, 'request', was.schema, is.schema, add);
  }

  bodies(before: ReviewedOperation, after: ReviewedOperation): void {
    const { body: was } = before;
    const { body: is } = after;
    const add = this.#adder('body', (is ?? was ?? after.node).pointer, 'request');
    if (was && !is) return add('impossible', 'body-removed', 'a body no more');
    if (!is) return;
    const required = (body: Node) => isObject(body.value) && body.value['required'] === true;
    if (!was) add('possible', 'body-added', 'a body');
    if (required(is) && !(was && required(was))) add('impossible', 'body-required', 'the body must be there');
    if (was && required(was) && !required(is)) add('possible', 'body-optional', 'the body may be absent');
    if (was) this.#contents('body', 'request', contentOf(was), contentOf(is), add);
  }

  responses(before: ReviewedOperation, after: ReviewedOperation): void {
    const olds = new Map(before.responses.map((response) => [response.status.toUpperCase(), response]));
    const news = new Map(after.responses.map((response) => [response.status.toUpperCase(), response]));
    for (const [status, is] of news) {
      const add = this.#adder(`answer ${is.status}`, is.node.pointer, 'response');
      const was = olds.get(status);
      if (was) this.#response(was, is, add);
      else add('possible', 'answer-added', `answer ${is.status}`);
    }
    for (const [status, was] of olds) {
      if (news.has(status)) continue;
      const add = this.#adder(`answer ${was.status}`, was.node.pointer, 'response');
      add('impossible', 'answer-removed', `answer ${was.status} no more`);
    }
  }

  #response(was: ReviewedResponse, is: ReviewedResponse, add: Add): void {
    const where = `answer ${is.status}`;
    this.#contents(where, 'response', was.content, is.content, add);
    const olds = new Map(was.headers.map((header) => [header.name.toLowerCase(), header]));
    const news = new Map(is.headers.map((header) => [header.name.toLowerCase(), header]));
    for (const [name, header] of news) {
      const old = olds.get(name);
      if (!old) add('possible', 'header-added', `header ${header.name}`);
      else {
        if (old.required && !header.required) add('possible', 'header-optional', `header ${header.name} may be absent`);
        if (!old.required && header.required)
          add('impossible', 'header-required', `header ${header.name} must be there`);
        this.#schema(`${where} header ${header.name}`, 'response', old.schema, header.schema, add);
      }
    }
    for (const [name, header] of olds) {
      if (!news.has(name)) add('impossible', 'header-removed', `header ${header.name} no more`);
    }
  }

  #contents(
    where: string,
    direction: Direction,
    before: readonly ReviewedContent[],
    after: readonly ReviewedContent[],
    add: Add,
  ): void {
    const olds = new Map(before.map((content) => [mediaTypeKey(content), content]));
    const news = new Map(after.map((content) => [mediaTypeKey(content), content]));
    for (const [key, is] of news) {
      const was = olds.get(key);
      if (!was) add('possible', 'media-type-added', is.media_type);
      else {
        const [old_text, new_text] = [was, is].map(({ node }) => canonicalText(member(node, 'encoding')?.value));
        if (old_text !== new_text) add('possible', 'encoding-uncompared', 'encoding is another, and is not compared');
        this.#schema(where, direction, was.schema, is.schema, add);
      }
    }
    for (const [key, was] of olds) {
      if (!news.has(key)) add('impossible', 'media-type-removed', `${was.media_type} no more`);
    }
  }

  #schema(where: string, direction: Direction, was: Node | null, is: Node | null, add: Add): void {
    if (was && is) this.schemas.push({ where, pair: this.#comparer.compare([was], [is], direction) });
    else if (was) add('possible', 'schema-removed', 'no schema any more');
    else if (is) add('impossible', 'schema-added', 'a schema');
  }

  #adder(where: string, pointer: string, direction: Direction): Add {
    return (effect, kind, text) => {
      this.own.push({ ...changeOf(effect, kind, text, direction), where, pointer });
    };
  }
}

type Add = (effect: Effect, kind: string, text: string) => void;

/** Parameters of a path are known by their place in it: their names are words. */
function keyOf({ in: place, name }: ReviewedParameter, path: string): string {
  if (place === 'path') return `path ${path.indexOf(`{${name}}`) < 0 ? name : namesIn(path).indexOf(name)}`;
  return `${place} ${place === 'header' ? name.toLowerCase() : name}`;
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

/** Types are compared without case and blanks. */
function mediaTypeKey({ media_type }: ReviewedContent): string {
  return media_type.toLowerCase().replace(/\s/g, '');
}

/** What an operation, its path item and the document say, in this order. */
function statedFor({ node, item, document }: ReviewedOperation, key: string): unknown[] {
  return [node, item, document].map((holder) => member(holder, key)?.value);
}
