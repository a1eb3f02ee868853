/** Small descriptions for the tests of reviews. */
import { parse } from 'yaml';

export type Json = Readonly<Record<string, unknown>>;

/** A description with one operation, POST /things, around a request schema and an answer schema. */
export function described({
  request = { type: 'object', properties: { a: { type: 'string', maxLength: 9 } } },
  response = { type: 'object', properties: { a: { type: 'string', maxLength: 9 } } },
  version = '3.1.0',
  schemas = {},
}: {
  readonly request?: unknown;
  readonly response?: unknown;
  readonly version?: string;
  readonly schemas?: Json;
} = {}): Json {
  return {
    openapi: version,
    info: { title: 'Things', version: '1' },
    paths: {
      '/things': {
        post: {
          operationId: 'makeThing',
          requestBody: { required: true, content: { 'application/json': { schema: request } } },
          responses: { 200: { description: 'made', content: { 'application/json': { schema: response } } } },
        },
      },
    },
    components: { schemas },
  };
}

/** A description with these paths, written as YAML. */
export function paths(text: string, components = '{}'): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1' },
    paths: parse(text) as Json,
    components: parse(components) as Json,
  };
}
