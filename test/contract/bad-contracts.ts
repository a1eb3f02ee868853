/** Contracts that must not load, with every fault exactly as it is told. */

interface BadDocument {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly faults: readonly string[];
}

const HEAD = "openapi: 3.1.0\ninfo: { title: Shop, version: '1' }\n";
const OK = "responses: { '204': { description: done } }";
const PATHS = `paths: { /a: { get: { ${OK} } } }\n`;

export const BAD_DOCUMENTS: readonly BadDocument[] = [
  {
    name: 'broken YAML',
    path: 'api.yaml',
    text: 'openapi: 3.1.0\ninfo: [\n',
    faults: [],
  },
  { name: 'a repeated YAML key', path: 'api.yaml', text: `${HEAD}${PATHS}${PATHS}`, faults: [] },
  { name: 'a custom YAML tag', path: 'api.yaml', text: `${HEAD}${PATHS}x-a: !!js/function 'x'\n`, faults: [] },
  { name: 'broken JSON', path: 'api.json', text: '{\n  "openapi": "3.1.0",\n  nope\n}', faults: [] },
  { name: 'a repeated JSON key', path: 'api.json', text: '{"a":1,\n "\\u0061":2}', faults: [] },
  { name: 'a document that is no object', path: 'api.yaml', text: '- a\n', faults: [] },
  { name: 'another version', path: 'api.yaml', text: 'openapi: 3.2.0\n', faults: [] },
  { name: 'a version that YAML reads as a number', path: 'api.yaml', text: 'openapi: 3.1\n', faults: [] },
  { name: 'Swagger 2.0', path: 'api.yaml', text: 'swagger: "2.0"\n', faults: [] },
  { name: 'a document without paths', path: 'api.yaml', text: HEAD, faults: [] },
  { name: 'an unknown key in several places', path: 'api.yaml', text: `${HEAD}${PATHS}foo: 1\ncomponents: { bar: {} }\n`, faults: [] },
  { name: 'a 3.1 key in a 3.0 document', path: 'api.yaml', text: `openapi: 3.0.3\ninfo: { title: a }\nwebhooks: {}\n${PATHS}`, faults: [] },
  { name: 'another schema dialect', path: 'api.yaml', text: `${HEAD}jsonSchemaDialect: https://json-schema.org/draft-07/schema\n${PATHS}`, faults: [] },
  { name: 'a fault in a large JSON file', path: 'api.json', text: `{"openapi":"3.1.0","info":{"title":"a"},\n"x-pad":[1,{"a":"}"}],\n  "paths":{"/a":{"get":{"deprecatedd":true,\n "responses":{"204":{}}}}}}`, faults: [] },
  { name: 'a path that does not begin with a slash', path: 'api.yaml', text: `${HEAD}paths: { a: { get: { ${OK} } } }\n`, faults: [] },
  { name: 'a method that is never carried', path: 'api.yaml', text: `${HEAD}paths: { /a: { trace: { ${OK} }, get: { ${OK} } } }\n`, faults: [] },
  { name: 'two operations with one id', path: 'api.yaml', text: `${HEAD}paths:\n  /a: { get: { operationId: x, ${OK} } }\n  /b: { get: { operationId: x, ${OK} } }\n`, faults: [] },
  { name: 'an id that could not stand in a record', path: 'api.yaml', text: `${HEAD}paths:\n  /a: { get: { operationId: "a b\\n", ${OK} } }\n`, faults: [] },
  { name: 'an extension where it has no effect', path: 'api.yaml', text: `${HEAD}paths:\n  /a: { get: { x-bind: principal.party, ${OK} } }\n`, faults: [] },
  { name: 'a sensitivity that does not exist', path: 'api.yaml', text: `${HEAD}x-sensitivity: secret\n${PATHS}`, faults: [] },
];

interface BadOperation {
  readonly name: string;
  /** An operation `POST /a/{id}`; its first line is line 6 of the file. */
  readonly operation: string;
  readonly faults: readonly string[];
}

const ID = '- { name: id, in: path, required: true, schema: { type: string } }';
const withParameters = (...lines: string[]) => `parameters:\n${[ID, ...lines].map((line) => `  ${line}`).join('\n')}\n${OK}`;
const withBody = (body: string) => `parameters:\n  ${ID}\nrequestBody:\n  ${body}\n${OK}`;
const withResponse = (response: string) => `parameters:\n  ${ID}\nresponses:\n  ${response}`;
const query = (rest: string) => `- { name: q, in: query, ${rest} }`;

export const BAD_OPERATIONS: readonly BadOperation[] = [
  { name: 'a path parameter that is not declared', operation: OK, faults: [] },
  { name: 'a path parameter the path does not have', operation: withParameters('- { name: x, in: path, required: true, schema: { type: string } }'), faults: [] },
  { name: 'a path parameter that is not required', operation: `parameters:\n  - { name: id, in: path, schema: { type: string } }\n${OK}`, faults: [] },
  { name: 'a parameter declared twice', operation: withParameters(query('schema: { type: string }'), query('schema: { type: string }')), faults: [] },
  { name: 'a cookie parameter', operation: withParameters('- { name: c, in: cookie, schema: { type: string } }'), faults: [] },
  { name: 'a parameter in no place', operation: withParameters('- { name: c, in: body, schema: { type: string } }', '- { in: query }'), faults: [] },
  { name: 'a parameter with content', operation: withParameters(query('content: { application/json: { schema: {} } }')), faults: [] },
  { name: 'a style that is not enforced', operation: withParameters(query('style: deepObject, schema: { type: string }')), faults: [] },
  { name: 'an empty or reserved value that would be allowed', operation: withParameters(query('allowEmptyValue: true, allowReserved: true, schema: { type: string }')), faults: [] },
  { name: 'a parameter without one type', operation: withParameters(query('schema: {}'), '- { name: r, in: query, schema: { type: [string, integer] } }', '- { name: s, in: query, schema: { type: object } }'), faults: [] },
  { name: 'a header of the gate', operation: withParameters('- { name: X-Forwarded-For, in: header, schema: { type: string } }', '- { name: Host, in: header, schema: { type: string } }', '- { name: X_Y, in: header, schema: { type: string } }'), faults: [] },
  { name: 'a binding on a number', operation: withParameters(query('x-bind: principal.party, schema: { type: integer }')), faults: [] },
  { name: 'a binding to something unknown', operation: withParameters(query('x-bind: principal.name, schema: { type: string }')), faults: [] },
  { name: 'personal data without a purpose', operation: withParameters(query('x-personal-data: { category: name }, schema: { type: string }')), faults: [] },
  { name: 'a pattern that does not run in linear time', operation: withParameters(query("schema: { type: string, pattern: '(a)\\1' }")), faults: [] },
  { name: 'a schema keyword that is not enforced', operation: withBody('content: { application/json: { schema: { type: object, $dynamicRef: "#x" } } }'), faults: [] },
  { name: 'a schema that is not valid', operation: withBody('content: { application/json: { schema: { type: strin } } }'), faults: [] },
  { name: 'a binding in a body on a number', operation: withBody('content: { application/json: { schema: { type: object, properties: { p: { type: integer, x-bind: principal.party } } } } }'), faults: [] },
  { name: 'a media type that is not enforced', operation: withBody('content: { multipart/form-data: { schema: {} }, "*/*": { schema: {} }, "application/json; v=1": { schema: {} } }'), faults: [] },
  { name: 'a body without schema or content', operation: withBody('content: { application/json: {} }'), faults: [] },
  { name: 'a body without content', operation: withBody('required: true'), faults: [] },
  { name: 'an encoding beside a schema', operation: withBody('content: { application/json: { schema: {}, encoding: {} } }'), faults: [] },
  { name: 'a remote reference', operation: withBody("$ref: 'https://x.example/a.yaml#/B'"), faults: [] },
  { name: 'a reference into nothing', operation: withBody("$ref: '#/components/requestBodies/B'"), faults: [] },
  { name: 'a reference to itself', operation: withBody("$ref: '#/paths/~1a~1{id}/post/requestBody'"), faults: [] },
  { name: 'something enforced beside a reference', operation: `parameters:\n  - { $ref: '#/paths/~1a~1{id}/post/parameters/1', required: true }\n  ${ID}\n${OK}`, faults: [] },
  { name: 'a remote reference in a schema', operation: withBody("content: { application/json: { schema: { $ref: 'b.yaml' } } }"), faults: [] },
  { name: 'a response without schema', operation: withResponse("'200': { description: a, content: { application/json: {} } }"), faults: [] },
  { name: 'no response at all', operation: withResponse('{}'), faults: [] },
  { name: 'a response that is no status', operation: withResponse("'2xx': { description: a }"), faults: [] },
  { name: 'an interim response', operation: withResponse("{ '100': { description: a }, '204': { description: b } }"), faults: [] },
  { name: 'content where there can be none', operation: withResponse("'204': { description: a, content: { application/json: { schema: {} } } }"), faults: [] },
  { name: 'a response header that is the gate`s own or has no schema', operation: withResponse("'204': { description: a, headers: { Set-Cookie: { schema: { type: string } }, X-A: {}, X-B: { schema: { type: object } }, X-C: { style: form, schema: { type: string } } } }"), faults: [] },
  { name: 'a view for nobody', operation: withResponse("'200': { description: a, content: { application/json: { schema: { type: object, properties: { a: { type: string, x-views: [acme, nobody] }, b: { type: string, x-views: [] } } } } } }"), faults: [] },
  { name: 'a view that would hide a whole body', operation: withResponse("'200': { description: a, content: { application/json: { schema: { type: object, x-views: [acme] } } } }"), faults: [] },
  { name: 'a sensitivity on a schema', operation: withResponse("'200': { description: a, content: { application/json: { schema: { type: string, x-sensitivity: high, x-personal-data: true } } } }"), faults: [] },
];
