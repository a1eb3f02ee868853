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
    faults: ['api.yaml:3:1: CONTRACT_SYNTAX the indentation does not fit the lines above'],
  },
  {
    name: 'a repeated YAML key',
    path: 'api.yaml',
    text: `${HEAD}${PATHS}${PATHS}`,
    faults: ['api.yaml:4:1: CONTRACT_SYNTAX a key stands twice in its mapping'],
  },
  {
    name: 'a custom YAML tag',
    path: 'api.yaml',
    text: `${HEAD}${PATHS}x-a: !!js/function 'x'\n`,
    faults: ['api.yaml:4:6: CONTRACT_SYNTAX a tag is used; tags are not accepted here\n  → remove the tag'],
  },
  {
    name: 'broken JSON',
    path: 'api.json',
    text: '{\n  "openapi": "3.1.0",\n  nope\n}',
    faults: ['api.json:3:3: CONTRACT_SYNTAX The file is not strict JSON (syntax)'],
  },
  {
    name: 'a repeated JSON key',
    path: 'api.json',
    text: '{"a":1,\n "\\u0061":2}',
    faults: ['api.json:2:11: CONTRACT_SYNTAX The file is not strict JSON (duplicate-key)'],
  },
  {
    name: 'a document that is no object',
    path: 'api.yaml',
    text: '- a\n',
    faults: ['api.yaml:1:1: CONTRACT_SYNTAX #: the document must be an object'],
  },
  {
    name: 'another version',
    path: 'api.yaml',
    text: 'openapi: 3.2.0\n',
    faults: ['api.yaml:1:1: CONTRACT_SYNTAX #/openapi: openapi must be a 3.0.x or 3.1.x version, as a string'],
  },
  {
    name: 'a version that YAML reads as a number',
    path: 'api.yaml',
    text: 'openapi: 3.1\n',
    faults: ['api.yaml:1:1: CONTRACT_SYNTAX #/openapi: openapi must be a 3.0.x or 3.1.x version, as a string'],
  },
  {
    name: 'Swagger 2.0',
    path: 'api.yaml',
    text: 'swagger: "2.0"\n',
    faults: ['api.yaml:1:1: CONTRACT_SYNTAX #/openapi: openapi must be a 3.0.x or 3.1.x version, as a string'],
  },
  {
    name: 'a document without paths',
    path: 'api.yaml',
    text: HEAD,
    faults: ['api.yaml:1:1: CONTRACT_SYNTAX #/paths: the contract declares no operation'],
  },
  {
    name: 'a key that looks like a known one, or is known elsewhere, in several places',
    path: 'api.yaml',
    text: `${HEAD}${PATHS}component: {}\ncomponents: { schema: {}, parameter: {}, responses: {} }\nparameters: []\n`,
    faults: [
      "api.yaml:4:1: CONTRACT_UNSUPPORTED #/component: 'component' is not enforced on the document\n  → Did you mean components?",
      "api.yaml:5:15: CONTRACT_UNSUPPORTED #/components/schema: 'schema' is not enforced on components\n  → Did you mean schemas?",
      "api.yaml:5:27: CONTRACT_UNSUPPORTED #/components/parameter: 'parameter' is not enforced on components\n  → Did you mean parameters?",
      "api.yaml:6:1: CONTRACT_UNSUPPORTED #/parameters: 'parameters' is not enforced on the document",
    ],
  },
  {
    name: 'a constraint beside the schema it was meant for',
    path: 'api.yaml',
    text: `${HEAD}paths:\n  /a: { get: { parameters: [{ name: q, in: query, maxLength: 3, schema: { type: string } }], ${OK} } }\n`,
    faults: [
      "api.yaml:4:51: CONTRACT_UNSUPPORTED #/paths/~1a/get/parameters/0/maxLength: 'maxLength' is not enforced on a parameter",
    ],
  },
  {
    name: 'anything but words beside a reference',
    path: 'api.yaml',
    text: `${HEAD}paths: { /a: { $ref: '#/components/pathItems/A', unknown: 1 } }\ncomponents: { pathItems: { A: { get: { ${OK} } } } }\n`,
    faults: ["api.yaml:3:50: CONTRACT_UNSUPPORTED #/paths/~1a/unknown: 'unknown' is not enforced on a reference"],
  },
  {
    name: 'a 3.1 key in a 3.0 document',
    path: 'api.yaml',
    text: `openapi: 3.0.3\ninfo: { title: a }\njsonSchemaDialect: https://json-schema.org/draft/2020-12/schema\n${PATHS}`,
    faults: [
      "api.yaml:3:1: CONTRACT_UNSUPPORTED #/jsonSchemaDialect: 'jsonSchemaDialect' is known in OpenAPI 3.1 only",
    ],
  },
  {
    name: 'another schema dialect',
    path: 'api.yaml',
    text: `${HEAD}jsonSchemaDialect: https://json-schema.org/draft-07/schema\n${PATHS}`,
    faults: [
      'api.yaml:3:1: CONTRACT_UNSUPPORTED #/jsonSchemaDialect: only the dialect of OpenAPI 3.1 or JSON Schema 2020-12 is enforced\n  → Remove it where the schemas mean the same in these, in an overlay if the file is not yours',
    ],
  },
  {
    name: 'a fault in a large JSON file',
    path: 'api.json',
    text: `{"openapi":"3.1.0","info":{"title":"a"},\n"x-pad":[1,{"a":"}"}],\n  "paths":{"/a":{"get":{"deprecatedd":true,\n "responses":{"204":{}}}}}}`,
    faults: [
      "api.json:3:25: CONTRACT_UNSUPPORTED #/paths/~1a/get/deprecatedd: 'deprecatedd' is not enforced on an operation\n  → Did you mean deprecated?",
    ],
  },
  {
    name: 'a path that does not begin with a slash',
    path: 'api.yaml',
    text: `${HEAD}paths: { a: { get: { ${OK} } } }\n`,
    faults: [
      "api.yaml:3:10: CONTRACT_UNSUPPORTED #/paths/a: the path 'a' must begin with '/'\n  → Declare it under another path and remove this one, in an overlay if the file is not yours",
    ],
  },
  {
    name: 'two operations with one id',
    path: 'api.yaml',
    text: `${HEAD}paths:\n  /a: { get: { operationId: x, ${OK} } }\n  /b: { get: { operationId: x, ${OK} } }\n`,
    faults: [
      "api.yaml:5:9: CONTRACT_SYNTAX #/paths/~1b/get: the operation id 'shop.x' is that of GET /a already\n  → Give each operation its own operationId",
    ],
  },
  {
    name: 'an extension where it has no effect',
    path: 'api.yaml',
    text: `${HEAD}paths:\n  /a: { get: { x-bind: principal.party, ${OK} } }\n`,
    faults: ['api.yaml:4:16: CONTRACT_BINDING #/paths/~1a/get/x-bind: x-bind has no effect on an operation'],
  },
  {
    name: 'a sensitivity that does not exist',
    path: 'api.yaml',
    text: `${HEAD}x-sensitivity: secret\n${PATHS}`,
    faults: ['api.yaml:3:1: CONTRACT_BINDING #/x-sensitivity: x-sensitivity must be one of low, normal, high'],
  },
];

interface BadOperation {
  readonly name: string;
  /** An operation `POST /a/{id}`; its first line is line 6 of the file. */
  readonly operation: string;
  readonly faults: readonly string[];
}

const ID = '- { name: id, in: path, required: true, schema: { type: string } }';
const withParameters = (...lines: string[]) =>
  `parameters:\n${[ID, ...lines].map((line) => `  ${line}`).join('\n')}\n${OK}`;
const withBody = (body: string) => `parameters:\n  ${ID}\nrequestBody:\n  ${body}\n${OK}`;
const withResponse = (response: string) => `parameters:\n  ${ID}\nresponses:\n  ${response}`;
const query = (rest: string) => `- { name: q, in: query, ${rest} }`;

export const BAD_OPERATIONS: readonly BadOperation[] = [
  {
    name: 'a path parameter that is not declared',
    operation: OK,
    faults: ['api.yaml:5:5: CONTRACT_SYNTAX #/paths/~1a~1{id}/post: the path parameter {id} is not declared'],
  },
  {
    name: 'a path parameter the path does not have',
    operation: withParameters('- { name: x, in: path, required: true, schema: { type: string } }'),
    faults: ['api.yaml:8:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/1: the path has no {x}'],
  },
  {
    name: 'a parameter declared twice',
    operation: withParameters(query('schema: { type: string }'), query('schema: { type: string }')),
    faults: [
      "api.yaml:9:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/2: the query parameter 'q' is declared twice",
    ],
  },
  {
    name: 'a cookie that cannot be one',
    operation: withParameters('- { name: "a b", in: cookie, schema: { type: string } }'),
    faults: ["api.yaml:8:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/1: 'a b' cannot name a cookie"],
  },
  {
    name: 'a parameter in no place',
    operation: withParameters('- { name: c, in: body, schema: { type: string } }', '- { in: query }'),
    faults: [
      "api.yaml:8:22: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/1/in: a parameter needs 'in': path, query, header or cookie",
      'api.yaml:9:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/2: a parameter needs a name',
    ],
  },
  {
    name: 'a parameter with content of another type, of two, or beside a schema',
    operation: withParameters(
      query('content: { application/xml: { schema: {} } }'),
      '- { name: r, in: query, content: { application/json: { schema: {} }, text/plain: { schema: {} } } }',
      '- { name: s, in: query, schema: {}, content: { application/json: { schema: {} } } }',
      '- { name: t, in: query, content: { application/json: {} } }',
    ),
    faults: [
      "api.yaml:8:44: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/1/content/application~1xml: a value of the media type 'application/xml' is not enforced\n  → Use application/json, or a schema in place of content",
      'api.yaml:9:33: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/2/content: content must hold exactly one media type here',
      'api.yaml:10:45: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/3/content: a parameter has a schema or content, not both',
      "api.yaml:11:44: CONTRACT_SCHEMA #/paths/~1a~1{id}/post/parameters/4/content/application~1json: 'application/json' has no schema",
    ],
  },
  {
    name: 'a style that has no form there',
    operation: withParameters(
      query('style: matrix, schema: { type: string }'),
      '- { name: r, in: query, style: pipeDelimited, schema: { type: string } }',
      '- { name: s, in: query, style: spaceDelimited, explode: true, schema: { type: array } }',
      '- { name: t, in: query, style: deepObject, explode: false, schema: { type: object } }',
      '- { name: u, in: query, style: deepObject, schema: { type: string } }',
    ),
    faults: [
      "api.yaml:8:33: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/1/style: style 'matrix' is not enforced in query\n  → Use form, spaceDelimited, pipeDelimited, deepObject",
      'api.yaml:9:55: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/2/schema: style pipeDelimited has no form for a single value\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
      'api.yaml:10:56: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/3/explode: spaceDelimited has no exploded form\n  → Use form for exploded arrays, or leave explode out',
      'api.yaml:11:52: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/4/explode: deepObject has no form without explode\n  → Use form for exploded arrays, or leave explode out',
      'api.yaml:12:52: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/5/schema: style deepObject has no form for a single value\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
    ],
  },
  {
    name: 'a parameter that has no form as text',
    operation: withParameters(
      query('schema: { type: "null" }'),
      '- { name: r, in: query, schema: { type: array, items: { type: array } } }',
      '- { name: s, in: query, schema: { type: object, properties: { a: { type: object } } } }',
    ),
    faults: [
      'api.yaml:8:33: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/1/schema: a parameter of this schema has no form as text in style form\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
      'api.yaml:9:33: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/2/schema: a parameter of this schema has no form as text in style form\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
      'api.yaml:10:33: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/3/schema: a parameter of this schema has no form as text in style form\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
    ],
  },
  {
    name: 'names that two parameters would take',
    operation: withParameters(
      query('schema: { type: object, properties: { a: { type: string } } }'),
      '- { name: a, in: query, schema: { type: string } }',
      '- { name: r, in: query, schema: { type: object, additionalProperties: { type: string } } }',
      '- { name: s, in: query, schema: { type: object, additionalProperties: true } }',
    ),
    faults: [
      "api.yaml:9:11: CONTRACT_AMBIGUOUS #/paths/~1a~1{id}/post/parameters/2: 'a' is the name of two values",
      'api.yaml:11:11: CONTRACT_AMBIGUOUS #/paths/~1a~1{id}/post/parameters/4: two exploded objects take any name, so nobody could tell which\n  → Use style deepObject, or close one schema',
    ],
  },
  {
    name: 'slashes in what is no string',
    operation: `parameters:\n  - { name: id, in: path, required: true, x-multi-segment: true, schema: { type: integer } }\n${OK}`,
    faults: [
      'api.yaml:7:49: CONTRACT_BINDING #/paths/~1a~1{id}/post/parameters/0/x-multi-segment: only a string may hold slashes',
    ],
  },
  {
    name: 'a header of the gate',
    operation: withParameters(
      '- { name: X-HTTP-Method-Override, in: header, schema: { type: string } }',
      '- { name: Host, in: header, required: true, schema: { type: string } }',
      '- { name: X_Y, in: header, schema: { type: string } }',
    ),
    faults: [
      "api.yaml:8:11: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/1: the header 'x-http-method-override' is the gate's own\n  → Remove it, in an overlay if the file is not yours",
      "api.yaml:9:11: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/2: the header 'host' is never passed on\n  → Remove it, in an overlay if the file is not yours",
      "api.yaml:10:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/3: 'x_y' cannot name a header\n  → Servers differ on the underscore: remove the header, or rename it with the service; in an overlay if the file is not yours",
    ],
  },
  {
    name: 'a binding on a number',
    operation: withParameters(query('x-bind: principal.party, schema: { type: integer }')),
    faults: [
      'api.yaml:8:33: CONTRACT_BINDING #/paths/~1a~1{id}/post/parameters/1/x-bind: x-bind stands on a string only',
    ],
  },
  {
    name: 'a binding to something unknown',
    operation: withParameters(query('x-bind: principal.name, schema: { type: string }')),
    faults: [
      'api.yaml:8:33: CONTRACT_BINDING #/paths/~1a~1{id}/post/parameters/1/x-bind: x-bind must be one of principal.party, principal.machine',
    ],
  },
  {
    name: 'personal data without a purpose',
    operation: withParameters(query('x-personal-data: { category: name }, schema: { type: string }')),
    faults: [
      'api.yaml:8:33: CONTRACT_BINDING #/paths/~1a~1{id}/post/parameters/1/x-personal-data: x-personal-data must be false or {category, purpose}',
    ],
  },
  {
    name: 'a pattern that does not run in linear time',
    operation: withParameters(query("schema: { type: string, pattern: '(a)\\1' }")),
    faults: [
      'api.yaml:8:57: CONTRACT_PATTERN #/paths/~1a~1{id}/post/parameters/1/schema/pattern: the pattern cannot run in linear time (look-around, back-reference or a repetition above 1000)',
    ],
  },
  {
    name: 'a schema keyword that is not enforced',
    operation: withBody('content: { application/json: { schema: { type: object, requird: [a] } } }'),
    faults: [
      'api.yaml:9:64: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/requestBody/content/application~1json/schema/requird: requird is not a keyword; required may be meant',
    ],
  },
  {
    name: 'a schema that is not valid',
    operation: withBody('content: { application/json: { schema: { type: strin } } }'),
    faults: [
      'api.yaml:9:50: CONTRACT_SCHEMA #/paths/~1a~1{id}/post/requestBody/content/application~1json/schema/type: type must be null, boolean, integer, number, string, array or object, or a list of these, found "strin"',
    ],
  },
  {
    name: 'a binding in a body on a number',
    operation: withBody(
      'content: { application/json: { schema: { type: object, properties: { p: { type: integer, x-bind: principal.party } } } } }',
    ),
    faults: [
      'api.yaml:9:98: CONTRACT_BINDING #/paths/~1a~1{id}/post/requestBody/content/application~1json/schema/properties/p/x-bind: x-bind needs type string beside it',
    ],
  },
  {
    name: 'media types whose content cannot be judged, alone',
    operation: withBody('content: { application/xml: { schema: { type: object } }, "not a type": { schema: {} } }'),
    faults: [
      "api.yaml:9:20: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/requestBody/content/application~1xml: the media type 'application/xml' is not enforced: it is not JSON\n  → In an overlay, declare it `type: string, format: binary` to pass it unread, or remove it",
      "api.yaml:9:67: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/requestBody/content/not a type: the media type 'not a type' is not enforced: it is no media type\n  → In an overlay, declare it `type: string, format: binary` to pass it unread, or remove it",
    ],
  },
  {
    name: 'a form whose schema says nothing',
    operation: withBody('content: { multipart/form-data: { schema: {} } }'),
    faults: [
      "api.yaml:9:20: CONTRACT_SCHEMA #/paths/~1a~1{id}/post/requestBody/content/multipart~1form-data: 'multipart/form-data' has an empty schema; with that no field may pass\n  → Declare one, in an overlay if the file is not yours",
    ],
  },
  {
    name: 'one media type with two schemas',
    operation: withBody(
      'content: { application/json: { schema: { type: string } }, "application/json; charset=utf-8": { schema: { type: integer } } }',
    ),
    faults: [
      "api.yaml:9:68: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/requestBody/content/application~1json; charset=utf-8: the media type 'application/json' is declared twice",
    ],
  },
  {
    name: 'a pattern on bytes',
    operation: withBody('content: { image/png: { schema: { type: string, format: binary, pattern: "^a" } } }'),
    faults: [
      'api.yaml:9:73: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/requestBody/content/image~1png/schema/pattern: bytes are judged by minLength and maxLength alone',
    ],
  },
  {
    name: 'a body without schema or content',
    operation: withBody('content: { application/json: {} }'),
    faults: [
      "api.yaml:9:20: CONTRACT_SCHEMA #/paths/~1a~1{id}/post/requestBody/content/application~1json: 'application/json' has no schema; without one no field may pass\n  → Declare one, in an overlay if the file is not yours",
    ],
  },
  {
    name: 'a body without content',
    operation: withBody('required: true'),
    faults: ['api.yaml:8:7: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/requestBody: a request body needs content'],
  },
  {
    name: 'a remote reference',
    operation: withBody("$ref: 'https://x.example/a.yaml#/B'"),
    faults: [
      "api.yaml:9:9: CONTRACT_REF #/paths/~1a~1{id}/post/requestBody/$ref: $ref 'https://x.example/a.yaml#/B' leaves this file; contracts are never fetched",
    ],
  },
  {
    name: 'a reference into nothing',
    operation: withBody("$ref: '#/components/requestBodies/B'"),
    faults: [
      "api.yaml:9:9: CONTRACT_REF #/paths/~1a~1{id}/post/requestBody/$ref: $ref '#/components/requestBodies/B' points at nothing",
    ],
  },
  {
    name: 'a reference to itself',
    operation: withBody("$ref: '#/paths/~1a~1{id}/post/requestBody'"),
    faults: [
      "api.yaml:9:9: CONTRACT_REF #/paths/~1a~1{id}/post/requestBody/$ref: $ref '#/paths/~1a~1{id}/post/requestBody' leads back to itself",
    ],
  },
  {
    name: 'something enforced beside a reference',
    operation: `parameters:\n  - { $ref: '#/paths/~1a~1{id}/post/parameters/1', required: true }\n  ${ID}\n${OK}`,
    faults: [
      "api.yaml:7:58: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/parameters/0/required: 'required' is not enforced on a reference",
      "api.yaml:8:11: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/parameters/1: the path parameter 'id' is declared twice",
    ],
  },
  {
    name: 'a remote reference in a schema',
    operation: withBody("content: { application/json: { schema: { $ref: 'b.yaml' } } }"),
    faults: [
      "api.yaml:9:50: CONTRACT_REF #/paths/~1a~1{id}/post/requestBody/content/application~1json/schema/$ref: $ref 'b.yaml' points out of this document: other documents are not read, and nothing is fetched",
    ],
  },
  {
    name: 'a response without schema',
    operation: withResponse("'200': { description: a, content: { application/json: {} } }"),
    faults: [
      "api.yaml:9:45: CONTRACT_RESPONSE_SCHEMA #/paths/~1a~1{id}/post/responses/200/content/application~1json: 'application/json' has no schema; without one no field may pass\n  → Declare one, in an overlay if the file is not yours",
    ],
  },
  {
    name: 'no response at all',
    operation: withResponse('{}'),
    faults: [
      'api.yaml:5:5: CONTRACT_RESPONSE_SCHEMA #/paths/~1a~1{id}/post: the operation declares no final response, so none could pass\n  → Declare its responses, in an overlay if the file is not yours',
    ],
  },
  {
    name: 'a response that is no status',
    operation: withResponse("'2xx': { description: a }"),
    faults: [
      "api.yaml:9:9: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/responses/2xx: '2xx' is not a status, a range such as 4XX, or default",
    ],
  },
  {
    name: 'a response header that has no schema, no form as text or another style',
    operation: withResponse(
      "'204': { description: a, headers: { X_Y: { schema: { type: string } }, X-A: {}, X-B: { schema: { type: 'null' } }, X-C: { style: form, schema: { type: string } } } }",
    ),
    faults: [
      "api.yaml:9:45: CONTRACT_SYNTAX #/paths/~1a~1{id}/post/responses/204/headers/X_Y: 'x_y' cannot name a header\n  → Servers differ on the underscore: remove the header, or rename it with the service; in an overlay if the file is not yours",
      'api.yaml:9:80: CONTRACT_RESPONSE_SCHEMA #/paths/~1a~1{id}/post/responses/204/headers/X-A: a header needs a schema',
      'api.yaml:9:96: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/responses/204/headers/X-B/schema: a header of this schema has no form as text in style simple\n  → Use scalars, or arrays and objects of scalars; give nested values a content of application/json',
      'api.yaml:9:131: CONTRACT_UNSUPPORTED #/paths/~1a~1{id}/post/responses/204/headers/X-C/style: headers have style simple only',
    ],
  },
  {
    name: 'a view for nobody',
    operation: withResponse(
      "'200': { description: a, content: { application/json: { schema: { type: object, properties: { a: { type: string, x-views: [acme, nobody] }, b: { type: string, x-views: [] } } } } } }",
    ),
    faults: [
      "api.yaml:9:122: CONTRACT_BINDING #/paths/~1a~1{id}/post/responses/200/content/application~1json/schema/properties/a/x-views: x-views names 'nobody', which is no party and no group",
      'api.yaml:9:168: CONTRACT_BINDING #/paths/~1a~1{id}/post/responses/200/content/application~1json/schema/properties/b/x-views: x-views must be a list of at least one name',
    ],
  },
  {
    name: 'a view that would hide a whole body',
    operation: withResponse(
      "'200': { description: a, content: { application/json: { schema: { type: object, x-views: [acme] } } } }",
    ),
    faults: [
      'api.yaml:9:89: CONTRACT_BINDING #/paths/~1a~1{id}/post/responses/200/content/application~1json/schema/x-views: x-views cannot hide a whole body; put it on a property',
    ],
  },
  {
    name: 'a sensitivity on a schema',
    operation: withResponse(
      "'200': { description: a, content: { application/json: { schema: { type: string, x-sensitivity: high, x-personal-data: true } } } }",
    ),
    faults: [
      'api.yaml:9:89: CONTRACT_BINDING #/paths/~1a~1{id}/post/responses/200/content/application~1json/schema/x-sensitivity: x-sensitivity has no effect on a schema',
      'api.yaml:9:110: CONTRACT_BINDING #/paths/~1a~1{id}/post/responses/200/content/application~1json/schema/x-personal-data: x-personal-data must be false or {category, purpose}',
    ],
  },
];
