/** An OpenAPI document as a client reads it: its operations with references followed. */
import type { Schema } from './schema/facets.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly style: string;
  readonly explode: boolean;
  readonly schema: Schema;
  /** The media type of a `content` parameter. */
  readonly media_type: string | null;
  readonly example: unknown;
  /** GitHub's extension: the value may hold slashes, and then takes several segments of the path. */
  readonly multi_segment: boolean;
}

export interface Content {
  readonly media_type: string;
  /** Null where none is declared. */
  readonly schema: Schema | null;
  readonly encoding: Readonly<Record<string, { contentType?: string; style?: string; explode?: boolean }>>;
  readonly examples: readonly { readonly name: string; readonly value: unknown }[];
}

export interface DeclaredResponse {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly content: readonly Content[];
  readonly headers: readonly Parameter[];
}

export interface Operation {
  /** `GET /orders/{id}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly content: readonly Content[] } | null;
  readonly responses: readonly DeclaredResponse[];
}

export interface Description {
  readonly version: '3.0' | '3.1';
  readonly operations: readonly Operation[];
  readonly resolve: (reference: string) => Schema;
}

type Node = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;
const STYLES = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' } as const;
/** OpenAPI says that header parameters of these names are ignored; the gate writes the others itself. */
const NOT_PARAMETERS = new Set(['accept', 'content-type', 'authorization', 'user-agent']);

export function describe(document: object): Description {
  const root = document as Node;
  const resolve = (reference: string): Schema => {
    if (reference === '#') return root as Schema;
    const found = reference
      .slice(2)
      .split('/')
      .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, step) => (value as Node | undefined)?.[step], root);
    if (found === undefined) throw new Error(`${reference} points to nothing`);
    return found as Schema;
  };
  const follow = (value: unknown): Node => {
    let node = value as Node;
    while (typeof node?.['$ref'] === 'string') node = resolve(node['$ref']) as Node;
    return node;
  };
  const version = String(root['openapi']).startsWith('3.0') ? '3.0' : '3.1';
  const reader = { follow };
  const operations = Object.entries((root['paths'] as Node | undefined) ?? {}).flatMap(([path, item]) => {
    const node = follow(item);
    return METHODS.flatMap((method) =>
      node[method] === undefined ? [] : [operationOf(reader, method, path, node, node[method] as Node)],
    );
  });
  return { version, operations, resolve };
}

interface Reader {
  readonly follow: (value: unknown) => Node;
}

function operationOf(reader: Reader, method: string, path: string, item: Node, node: Node): Operation {
  const body = node['requestBody'] === undefined ? null : reader.follow(node['requestBody']);
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    parameters: parametersOf(reader, item['parameters'], node['parameters']),
    body:
      body === null || method === 'get' || method === 'head'
        ? null
        : { required: body['required'] === true, content: contentOf(reader, body['content']) },
    responses: Object.entries((node['responses'] as Node | undefined) ?? {}).flatMap(([status, value]) => {
      if (status.startsWith('1') || status.startsWith('x-')) return [];
      const response = reader.follow(value);
      return [{ status, content: contentOf(reader, response['content']), headers: headersOf(reader, response) }];
    }),
  };
}

/** Those of the operation take the place of those of the path. */
function parametersOf({ follow }: Reader, ...lists: unknown[]): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const each of lists.flatMap((list) => (list as unknown[] | undefined) ?? [])) {
    const node = follow(each);
    const place = node['in'] as Parameter['in'];
    const name = String(node['name']);
    if (place === 'header' && NOT_PARAMETERS.has(name.toLowerCase())) continue;
    found.set(`${place} ${name}`, parameterOf(node, name, place));
  }
  return [...found.values()];
}

function parameterOf(node: Node, name: string, place: Parameter['in']): Parameter {
  const [content] = Object.entries((node['content'] as Record<string, Node> | undefined) ?? {});
  const style = (node['style'] as string | undefined) ?? STYLES[place];
  const [named] = Object.values((node['examples'] as Record<string, Node> | undefined) ?? {});
  return {
    name,
    in: place,
    required: node['required'] === true,
    style,
    explode: (node['explode'] as boolean | undefined) ?? style === 'form',
    schema: (content?.[1]['schema'] ?? node['schema'] ?? { type: 'string' }) as Schema,
    media_type: content?.[0] ?? null,
    example: node['example'] ?? named?.['value'],
    multi_segment: place === 'path' && node['x-multi-segment'] === true,
  };
}

function contentOf({ follow }: Reader, value: unknown): Content[] {
  return Object.entries((value as Record<string, Node> | undefined) ?? {}).map(([media_type, node]) => ({
    media_type,
    schema: (node['schema'] as Schema | undefined) ?? null,
    encoding: (node['encoding'] as Content['encoding'] | undefined) ?? {},
    examples: [
      ...(node['example'] === undefined ? [] : [{ name: 'example', value: node['example'] }]),
      ...Object.entries((node['examples'] as Node | undefined) ?? {}).flatMap(([name, each]) => {
        const example = follow(each);
        return 'value' in example ? [{ name, value: example['value'] }] : [];
      }),
    ],
  }));
}

function headersOf({ follow }: Reader, response: Node): Parameter[] {
  return Object.entries((response['headers'] as Node | undefined) ?? {}).map(([name, value]) =>
    parameterOf(follow(value), name, 'header'),
  );
}
