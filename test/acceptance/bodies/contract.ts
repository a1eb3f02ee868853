/** Operations whose bodies are of every format; `POST` answers tell what reached the service. */
export const BODIES_CONTRACT = `openapi: 3.1.0
info: { title: Bodies, version: "1" }
paths:
  /json:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [item], properties: { item: { type: string, maxLength: 200000 } } }
          application/vnd.orders+json; version=2:
            schema: { type: object, properties: { thing: { type: string } } }
      responses: { "200": { $ref: "#/components/responses/Echo" } }
    get:
      responses:
        "200":
          description: something
          content:
            application/json: { schema: { type: object, properties: { item: { type: string } } } }
  /text:
    post:
      requestBody:
        required: true
        content:
          text/plain: { schema: { type: string, maxLength: 20, pattern: "^[^<]*$" } }
          text/csv: { schema: { type: string } }
      responses: { "200": { $ref: "#/components/responses/Echo" } }
    get:
      responses:
        "200":
          description: a table
          content:
            text/csv: { schema: { type: string, maxLength: 30 } }
  /form:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Order" } }
          multipart/form-data:
            schema:
              type: object
              required: [item, file]
              properties:
                item: { type: string, maxLength: 20 }
                quantity: { type: integer, maximum: 10 }
                file: { type: string, format: binary, maxLength: 100000 }
      responses: { "200": { $ref: "#/components/responses/Echo" } }
  /files/{name}:
    parameters:
      - { name: name, in: path, required: true, schema: { type: string, maxLength: 40 } }
    put:
      operationId: putFile
      requestBody:
        required: true
        content:
          application/octet-stream: { schema: { type: string, format: binary } }
          image/*: { schema: { type: string, format: binary, minLength: 4, maxLength: 100000 } }
      responses:
        "201":
          description: stored
          content:
            application/json: { schema: { type: object, properties: { size: { type: integer }, sha256: { type: string } } } }
    post:
      operationId: transformFile
      requestBody:
        content:
          application/octet-stream: { schema: { type: string, format: binary } }
      responses:
        "200":
          description: transformed
          content:
            application/octet-stream: { schema: { type: string, format: binary } }
    get:
      operationId: getFile
      responses:
        "200":
          description: the file
          headers:
            Content-Disposition: { schema: { type: string, pattern: "^attachment" } }
          content:
            application/octet-stream: { schema: { type: string, format: binary } }
            image/*: { schema: { type: string, format: binary, maxLength: 100000 } }
        "404":
          description: none
          content:
            application/problem+json: { schema: { type: object, properties: { title: { type: string } } } }
components:
  responses:
    Echo:
      description: what came
      content:
        application/json:
          schema:
            type: object
            properties:
              type: { type: string }
              coding: { type: string }
              length: { type: string }
              body: { type: string }
  schemas:
    Order:
      type: object
      required: [item]
      properties:
        item: { type: string, maxLength: 20 }
        quantity: { type: integer, maximum: 10 }
        tags: { type: array, items: { type: string } }
`;
