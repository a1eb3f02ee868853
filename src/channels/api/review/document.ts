import { isObject, lookUp, member, members, type Node } from '../contract/pointer.ts';
import { METHODS, type Method } from '../contract/types.ts';

/**
 * An OpenAPI description as its reviewers read it. Unlike the loader of contracts it refuses nothing: what is malformed
 * is passed over, so that any description can be looked at before it is fit for the gate.
 */
export interface ReviewedDocument {
  readonly root: unknown;
  readonly version: '3.0' | '3.1';
  readonly operations: readonly ReviewedOperation[];
}

/** One method of one path, its references followed. */
export interface ReviewedOperation {
  /** The operationId, or `GET /orders`. */
  readonly name: string;
  readonly method: Method;
  /** As declared: `/orders/{orderId}`. */
  readonly path: string;
  /** The operation itself. */
  readonly node: Node;
  /** The path item around it. */
  readonly item: Node;
  /** The description around that. */
  readonly document: Node;
  /** Those of the path item first; one of the operation stands in place of its namesake. */
  readonly parameters: readonly ReviewedParameter[];
  readonly body: Node | null;
  /** By status as declared: `200`, `4XX`, `default`. */
  readonly responses: readonly ReviewedResponse[];
}

export interface ReviewedParameter {
  readonly name: string;
  /** `path`, `query`, `header` or `cookie`. */
  readonly in: string;
  readonly required: boolean;
  readonly node: Node;
  /** Of the parameter, or of its only media type. */
  readonly schema: Node | null;
}

export interface ReviewedResponse {
  readonly status: string;
  readonly node: Node;
  readonly content: readonly ReviewedContent[];
  readonly headers: readonly ReviewedParameter[];
}

export interface ReviewedContent {
  /** As declared. */
  readonly media_type: string;
  readonly node: Node;
  readonly schema: Node | null;
}

export function reviewDocument(root: unknown): ReviewedDocument {
  return {
    root,
    version: versionOf(root),
    operations: children({ value: root, pointer: '' }, 'paths').flatMap(([path, item]) =>
      operationsOf(root, path, item),
    ),
  };
}

/** What does not say that it is 3.0 is read as 3.1, which has more words. */
export function versionOf(root: unknown): ReviewedDocument['version'] {
  const stated = isObject(root) ? root['openapi'] : undefined;
  return typeof stated === 'string' && stated.startsWith('3.0') ? '3.0' : '3.1';
}

/** Follows local references until something else stands there; null where they lead nowhere. */
export function follow(root: unknown, node: Node): Node | null {
  const seen = new Set<string>();
  let current: Node | null = node;
  while (current !== null) {
    const reference: unknown = isObject(current.value) ? current.value['$ref'] : undefined;
    if (typeof reference !== 'string') return current;
    if (seen.has(reference)) return null;
    seen.add(reference);
    current = lookUp(root, reference);
  }
  return null;
}

/** The entries of a `content`. */
export function contentOf(holder: Node): ReviewedContent[] {
  return children(holder, 'content').map(([media_type, node]) => ({
    media_type,
    node,
    schema: member(node, 'schema'),
  }));
}

function operationsOf(root: unknown, path: string, declared: Node): ReviewedOperation[] {
  const item = path.startsWith('/') ? follow(root, declared) : null;
  if (item === null) return [];
  return METHODS.flatMap((method) => {
    const node = member(item, method.toLowerCase());
    return node && isObject(node.value) ? [operationOf(root, { path, item, method, node })] : [];
  });
}

function operationOf(
  root: unknown,
  { path, item, method, node }: Pick<ReviewedOperation, 'path' | 'item' | 'method' | 'node'>,
): ReviewedOperation {
  const id = member(node, 'operationId')?.value;
  const body = member(node, 'requestBody');
  return {
    name: typeof id === 'string' && id !== '' ? id : `${method} ${path}`,
    method,
    path,
    node,
    item,
    document: { value: root, pointer: '' },
    parameters: parametersOf(root, item, node),
    body: body && follow(root, body),
    responses: children(node, 'responses').flatMap(([status, declared]) => {
      const response = status.startsWith('x-') ? null : follow(root, declared);
      if (response === null) return [];
      return [{ status, node: response, content: contentOf(response), headers: headersOf(root, response) }];
    }),
  };
}

function parametersOf(root: unknown, item: Node, operation: Node): ReviewedParameter[] {
  const found = new Map<string, ReviewedParameter>();
  for (const [, declared] of [...children(item, 'parameters'), ...children(operation, 'parameters')]) {
    const node = follow(root, declared);
    if (node === null || !isObject(node.value)) continue;
    const { name, in: place, required } = node.value;
    if (typeof name !== 'string' || typeof place !== 'string') continue;
    const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
    found.set(key, { name, in: place, required: required === true, node, schema: schemaOf(node) });
  }
  return [...found.values()];
}

function headersOf(root: unknown, response: Node): ReviewedParameter[] {
  return children(response, 'headers').flatMap(([name, declared]) => {
    const node = follow(root, declared);
    if (node === null || !isObject(node.value)) return [];
    return [{ name, in: 'header', required: node.value['required'] === true, node, schema: schemaOf(node) }];
  });
}

function schemaOf(holder: Node): Node | null {
  return member(holder, 'schema') ?? contentOf(holder)[0]?.schema ?? null;
}

function children(node: Node, key: string): [string, Node][] {
  const child = member(node, key);
  return child ? members(child) : [];
}
