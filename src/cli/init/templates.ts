/** The files of a new project. Each is complete and valid; comments say what to change first. */
import { jsonSchema, SCHEMA_FILES } from '../../config/json-schema.ts';

export interface Template {
  /** Relative to the project folder. */
  readonly path: string;
  readonly text: string;
}

export const PKI_FOLDER = '.sallyport/pki';

const GATE = `# yaml-language-server: $schema=.sallyport/schema/${SCHEMA_FILES.gate}
version: 1

gate:
  name: my-gate
  data: .sallyport/data

zones:
  partner:
    listen:
      - address: 127.0.0.1
        port: 8443
        names: [localhost]
        certificate:
          chain: ${PKI_FOLDER}/gate.pem
          key: file:${PKI_FOLDER}/gate.key
    trust:
      # Who may issue client certificates; parties refer to this name.
      acme-ca: ${PKI_FOLDER}/acme-ca.pem

groups:
  suppliers: {}

parties: parties/*.yaml
policies: policies/*.cedar

apis:
  orders:
    contract: contracts/orders.yaml
    zones: [partner]
    upstream:
      # The service behind the gate. Anything but a literal loopback address must be https.
      url: http://127.0.0.1:9000
`;

const PARTY = `# yaml-language-server: $schema=../.sallyport/schema/${SCHEMA_FILES.party}
party: acme
name: Acme
groups: [suppliers]

machines:
  acme-erp:
    credentials:
      - trust: acme-ca
        uri: spiffe://acme.example/erp
`;

const POLICY = `// What no policy permits is refused.

@id("suppliers-read-orders")
permit (
  principal in Group::"suppliers",
  action == Action::"read",
  resource in Api::"orders"
);

@id("acme-erp-writes-orders")
permit (
  principal == Machine::"acme-erp",
  action == Action::"write",
  resource in Api::"orders"
);
`;

const POLICY_TEST = `# sallyport policy test policies/orders.test.yaml
cases:
  - { machine: acme-erp, operation: orders.getOrder, expect: allow }
  - { machine: acme-erp, operation: orders.createOrder, expect: allow }
`;

const CONTRACT = `openapi: 3.1.0
info:
  title: Orders
  version: 1.0.0
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/NewOrder' }
      responses:
        '201':
          description: The order was made.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Order' }
  /orders/{orderId}:
    get:
      operationId: getOrder
      parameters:
        - name: orderId
          in: path
          required: true
          schema: { type: string, format: uuid }
      responses:
        '200':
          description: The order.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Order' }
        '404':
          description: There is no such order.
components:
  schemas:
    NewOrder:
      type: object
      required: [article, quantity]
      properties:
        article: { type: string, maxLength: 64 }
        quantity: { type: integer, minimum: 1, maximum: 10000 }
    Order:
      type: object
      required: [id, article, quantity]
      properties:
        id: { type: string, format: uuid }
        article: { type: string, maxLength: 64 }
        quantity: { type: integer, minimum: 1, maximum: 10000 }
`;

const GITIGNORE = `# Keys, certificates and records of this machine.
.sallyport/
`;

const README = `# A Sallyport gate

| file | what it says |
|---|---|
| \`sallyport.yaml\` | where the gate listens, whom it trusts, which APIs stand behind it |
| \`parties/\` | the organisations and machines that may call |
| \`policies/\` | who may do what; what no policy permits is refused |
| \`contracts/\` | what each API declares; what no contract declares is refused or trimmed |
| \`${PKI_FOLDER}/\` | certificates for development only; never use them beyond this machine |

Next:

1. \`sallyport validate\` says whether everything fits together.
2. \`sallyport policy explain acme-erp orders.getOrder\` says who may do what, and why.
3. Put your service at the \`upstream\` of \`sallyport.yaml\` and its OpenAPI document into \`contracts/\`.
4. \`sallyport run\` starts the gate.
5. Call it as the machine acme-erp:

\`\`\`sh
curl --cacert ${PKI_FOLDER}/gate-ca.pem \\
  --cert ${PKI_FOLDER}/acme-erp.pem --key ${PKI_FOLDER}/acme-erp.key \\
  https://localhost:8443/orders/0b0c3f8e-6f0a-4b6e-9d0e-3a1f1c2d4e5f
\`\`\`
`;

/** Every file of a new project, in the order they are made. */
export function templates(): Template[] {
  return [
    { path: 'sallyport.yaml', text: GATE },
    { path: 'parties/acme.yaml', text: PARTY },
    { path: 'policies/orders.cedar', text: POLICY },
    { path: 'policies/orders.test.yaml', text: POLICY_TEST },
    { path: 'contracts/orders.yaml', text: CONTRACT },
    { path: '.gitignore', text: GITIGNORE },
    { path: 'README.md', text: README },
    { path: `.sallyport/schema/${SCHEMA_FILES.gate}`, text: schemaText('gate') },
    { path: `.sallyport/schema/${SCHEMA_FILES.party}`, text: schemaText('party') },
  ];
}

function schemaText(name: keyof typeof SCHEMA_FILES): string {
  return `${JSON.stringify(jsonSchema(name), null, 2)}\n`;
}
