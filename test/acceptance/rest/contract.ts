/** A contract with something of everything the gate enforces, for the tests of the steps. */
export const REST_CONTRACT = `openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: urgent, in: query, schema: { type: boolean } }
        - { name: color, in: query, schema: { type: array, maxItems: 3, items: { type: string, enum: [red, green] } } }
        - { name: item, in: query, schema: { type: string, maxLength: 40 } }
        - { name: party, in: query, x-bind: principal.party, schema: { type: string } }
        - { name: X-Request-Tag, in: header, schema: { type: string, pattern: "^[a-z0-9-]+$", maxLength: 20 } }
      responses:
        "200":
          description: orders
          headers:
            X-Total: { schema: { type: integer } }
          content:
            application/json:
              schema:
                type: object
                required: [orders]
                properties:
                  orders: { type: array, maxItems: 1000, items: { $ref: "#/components/schemas/Order" } }
    head:
      operationId: countOrders
      responses:
        "200":
          description: how many
          headers:
            X-Total: { required: true, schema: { type: integer } }
          content:
            application/json: { schema: { $ref: "#/components/schemas/Order" } }
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/NewOrder" } }
      responses:
        "201":
          description: created
          content:
            application/json: { schema: { $ref: "#/components/schemas/Order" } }
  /orders/{orderId}:
    parameters:
      - { name: orderId, in: path, required: true, schema: { type: string, format: uuid } }
    get:
      operationId: getOrder
      responses:
        "200":
          description: an order
          content:
            application/json: { schema: { $ref: "#/components/schemas/Order" } }
        "404":
          description: none
          content:
            application/problem+json:
              schema: { type: object, properties: { title: { type: string }, status: { type: integer } } }
    delete:
      operationId: deleteOrder
      responses:
        "204": { description: gone }
  /parties/{party}/stock:
    get:
      operationId: getStock
      x-sensitivity: high
      parameters:
        - { name: party, in: path, required: true, x-bind: principal.party, schema: { type: string } }
        - { name: warehouse, in: query, required: true, schema: { type: string, enum: [north, south] } }
        - { name: X-Purpose, in: header, required: true, schema: { type: string, enum: [planning, audit] } }
      responses:
        "200":
          description: stock
          content:
            application/json: { schema: { $ref: "#/components/schemas/Order" } }
  /notes:
    post:
      operationId: addNote
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Note" } }
      responses:
        "200": { description: noted before }
        "204": { description: noted }
components:
  schemas:
    NewOrder:
      type: object
      required: [item, quantity]
      properties:
        item: { type: string, minLength: 1, maxLength: 100 }
        quantity: { type: integer, minimum: 1, maximum: 1000 }
        party: { type: string, x-bind: principal.party }
        machine: { type: string, x-bind: principal.machine }
        lines:
          type: array
          maxItems: 10
          items: { type: object, required: [sku], properties: { sku: { type: string, pattern: "^[A-Z]{3}$" } } }
    Note:
      type: object
      properties:
        text: { type: string, maxLength: 200 }
        labels: { type: object, additionalProperties: { type: string } }
    Order:
      type: object
      required: [id, item]
      properties:
        id: { type: string, format: uuid }
        item: { type: string }
        quantity: { type: integer }
        amount: { type: number }
        party: { type: string }
        discount: { type: number, x-views: [suppliers] }
        contact: { type: object, properties: { desk: { type: string } } }
`;

/** Suppliers may call everything, globex may only read. */
export const REST_POLICIES = `@id("suppliers-may-call")
permit (principal in Group::"suppliers", action in Action::"call", resource in Api::"orders");

@id("globex-may-read")
permit (principal in Party::"globex", action == Action::"read", resource in Api::"orders");
`;

/** With forbids: one that always holds, one that breaks, one on the connection. The product with the largest Long overflows, which Cedar's validator cannot foresee. */
export const STRICT_POLICIES = `${REST_POLICIES}
@id("nobody-deletes")
forbid (principal, action, resource == Operation::"orders.deleteOrder");

@id("broken-for-notes")
forbid (principal, action, resource == Operation::"orders.addNote")
when { context.certificate.key_bits * 9223372036854775807 > 0 };

@id("sensitive-needs-tls-1.3")
forbid (principal, action, resource)
when { resource.sensitivity == "high" && context.tls.version != "TLSv1.3" };
`;
