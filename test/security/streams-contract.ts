/** A contract of bytes that are passed on while they arrive, both ways, with small operations beside them. */
export const STREAMS_CONTRACT = `openapi: 3.1.0
info: { title: Streams, version: "1" }
paths:
  /files:
    put:
      operationId: putFile
      requestBody: { content: { application/octet-stream: { schema: { type: string, format: binary } } } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
    get:
      operationId: getFile
      responses:
        "200": { description: a file, content: { application/octet-stream: { schema: { type: string, format: binary } } } }
  /secrets:
    get:
      operationId: getSecret
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /small:
    get:
      operationId: getSmall
      responses: { "200": { $ref: "#/components/responses/Done" } }
    post:
      operationId: postSmall
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
components:
  responses:
    Done: { description: done, content: { application/json: { schema: { type: object, properties: { ok: { type: string } } } } } }
`;

export const STREAMS_POLICIES = `permit (principal, action, resource in Api::"orders");
`;
