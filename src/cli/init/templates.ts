/** The files of a new project. Each is complete and valid; comments say what to change first. */
import { jsonSchema, SCHEMA_FILES } from '../../config/json-schema.ts';

export interface Template {
  /** Relative to the project folder. */
  readonly path: string;
  readonly text: string;
}

export const PKI_FOLDER = '.sallyport/pki';

interface ApiEntry {
  readonly name: string;
  /** Relative to the project folder. */
  readonly contract: string;
  /** Where an overlay would stand, relative to the project folder. */
  readonly overlay?: string;
  readonly upstream: string;
}

const overlays = (overlay: string) => `
    # The document stays as its owner publishes it; what this gate needs otherwise is laid over it.
    # overlays: [${overlay}]`;

const gate = ({
  name,
  contract,
  overlay,
  upstream,
}: ApiEntry) => `# yaml-language-server: $schema=.sallyport/schema/${SCHEMA_FILES.gate}
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
  ${name}:
    contract: ${contract}${overlay === undefined ? '' : overlays(overlay)}
    zones: [partner]
    upstream:
      # The service behind the gate. Anything but a literal loopback address must be https.
      url: ${upstream}
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

const readersPolicy = (name: string) => `// What no policy permits is refused: add who may write.

@id("suppliers-read-${name}")
permit (
  principal in Group::"suppliers",
  action == Action::"read",
  resource in Api::"${name}"
);
`;

const ownReadme = (name: string, contract: string) => `# A Sallyport gate

| file | what it says |
|---|---|
| \`sallyport.yaml\` | where the gate listens, whom it trusts, which APIs stand behind it |
| \`parties/\` | the organisations and machines that may call |
| \`policies/\` | who may do what; what no policy permits is refused |
| \`${contract}\` | what the API declares; what it does not declare is refused or trimmed |
| \`${PKI_FOLDER}/\` | certificates for development only; never use them beyond this machine |

All commands are for this folder. \`sallyport\` has to be on your PATH; in a clone it is in \`bin\`.

1. \`sallyport validate\` names what in the description cannot be enforced, with file, line and remedy. A description you
   do not own is mended by an overlay, never by hand: write \`contracts/${name}.overlay.yaml\` and take the \`#\` off
   \`overlays:\` in \`sallyport.yaml\`.
2. \`sallyport contract lint ${name}\` says what is loose; \`--overlay contracts/${name}.bounds.yaml\` writes an overlay that
   tightens what can be tightened mechanically. Read it, adjust it, add it to \`overlays:\`.
3. \`sallyport contract accept ${name} --reviewer YOUR-NAME\` puts your name under it; later changes then show as unreviewed.
4. \`sallyport run\`, and in a second terminal call an operation of the description as the machine acme-erp:

\`\`\`sh
curl -i --cacert ${PKI_FOLDER}/gate-ca.pem --cert ${PKI_FOLDER}/acme-erp.pem --key ${PKI_FOLDER}/acme-erp.key https://localhost:8443/PATH
\`\`\`

\`policies/${name}.cedar\` lets readers read. \`sallyport policy explain acme-erp ${name}.OPERATION\` says who may do what.
`;

const GITIGNORE = `# Keys, certificates and records of this machine; the schemas are for everybody's editor.
.sallyport/*
!.sallyport/schema/
`;

const README = `# A Sallyport gate

| file | what it says |
|---|---|
| \`sallyport.yaml\` | where the gate listens, whom it trusts, which APIs stand behind it |
| \`parties/\` | the organisations and machines that may call |
| \`policies/\` | who may do what; what no policy permits is refused |
| \`contracts/\` | what each API declares; what no contract declares is refused or trimmed |
| \`${PKI_FOLDER}/\` | certificates for development only; never use them beyond this machine |

All commands are for this folder. \`sallyport\` has to be on your PATH; in a clone it is in \`bin\`.

## See it work

Does everything fit together, and who may do what?

\`\`\`sh
sallyport validate
sallyport policy explain acme-erp orders.getOrder
sallyport policy test policies/orders.test.yaml
\`\`\`

A stand-in for your service, which says more than the contract declares (any Node.js will do):

\`\`\`sh
node -e 'require("node:http").createServer((request, response) => response.setHeader("content-type", "application/json").end(JSON.stringify({ id: request.url.split("/")[2], article: "A-100", quantity: 2, margin: 0.3 }))).listen(9000, "127.0.0.1")'
\`\`\`

In a second terminal the gate, which shows each call as a line:

\`\`\`sh
sallyport run
\`\`\`

In a third the call, as the machine acme-erp. The answer is 200 without \`margin\`:

\`\`\`sh
curl -i --cacert ${PKI_FOLDER}/gate-ca.pem --cert ${PKI_FOLDER}/acme-erp.pem --key ${PKI_FOLDER}/acme-erp.key https://localhost:8443/orders/0b0c3f8e-6f0a-4b6e-9d0e-3a1f1c2d4e5f
\`\`\`

Without the service it would be 502, and the gate's line would say \`FORWARD_UNREACHABLE\`.

## Make it yours

1. Put your OpenAPI document into \`contracts/\`, and where your service is into \`upstream\` of \`sallyport.yaml\`.
2. Write into \`policies/\` who may do what, and into \`policies/orders.test.yaml\` what must stay so.
3. \`sallyport validate\`; then the \`kill -HUP\` that the gate showed at its start, or a restart where its
   port changed.

## Another machine with a certificate of its own

A partner makes key and certificate with its own CA and sends you the CA and the name, never a key. To play the partner:

\`\`\`sh
mkdir -p ${PKI_FOLDER}/globex
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=Globex CA" -keyout ${PKI_FOLDER}/globex/ca.key -out ${PKI_FOLDER}/globex-ca.pem
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=shop" -keyout ${PKI_FOLDER}/globex-shop.key -out ${PKI_FOLDER}/globex/shop.csr
printf "subjectAltName=URI:spiffe://globex.example/shop\\nextendedKeyUsage=clientAuth\\n" > ${PKI_FOLDER}/globex/shop.ext
openssl x509 -req -in ${PKI_FOLDER}/globex/shop.csr -CA ${PKI_FOLDER}/globex-ca.pem -CAkey ${PKI_FOLDER}/globex/ca.key -CAcreateserial -days 90 -extfile ${PKI_FOLDER}/globex/shop.ext -out ${PKI_FOLDER}/globex-shop.pem
\`\`\`

Then register it: in \`sallyport.yaml\`, below \`trust:\`,

\`\`\`yaml
      globex-ca: ${PKI_FOLDER}/globex-ca.pem
\`\`\`

and in a new file \`parties/globex.yaml\`

\`\`\`yaml
party: globex
groups: [suppliers]
machines:
  globex-shop:
    credentials:
      - trust: globex-ca
        uri: spiffe://globex.example/shop
\`\`\`

\`sallyport validate\`, reload, and call with \`globex-shop.pem\` and \`globex-shop.key\`: as a supplier it may read orders;
\`sallyport policy explain globex-shop orders.createOrder\` says why it may not make them.
`;

const ORDERS: ApiEntry = { name: 'orders', contract: 'contracts/orders.yaml', upstream: 'http://127.0.0.1:9000' };

/** Every file of a new project around an example of our own, in the order they are made. */
export function templates(): Template[] {
  return [
    { path: 'sallyport.yaml', text: gate(ORDERS) },
    { path: 'parties/acme.yaml', text: PARTY },
    { path: 'policies/orders.cedar', text: POLICY },
    { path: 'policies/orders.test.yaml', text: POLICY_TEST },
    { path: ORDERS.contract, text: CONTRACT },
    { path: 'README.md', text: README },
    ...sharedTemplates(),
  ];
}

/** A description somebody else wrote, to be put behind the gate. */
export interface OwnApi {
  /** Name of the API: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** File name with extension; `petstore.yaml`. */
  readonly file: string;
  readonly text: string;
  /** Where the API is served. */
  readonly upstream: string;
}

/** The files of a new project around a description that exists: its readers may read, nobody may write yet. */
export function templatesFor({ name, file, text, upstream }: OwnApi): Template[] {
  const contract = `contracts/${file}`;
  const overlay = `contracts/${name}.overlay.yaml`;
  return [
    { path: 'sallyport.yaml', text: gate({ name, contract, overlay, upstream }) },
    { path: 'parties/acme.yaml', text: PARTY },
    { path: `policies/${name}.cedar`, text: readersPolicy(name) },
    { path: contract, text },
    { path: 'README.md', text: ownReadme(name, contract) },
    ...sharedTemplates(),
  ];
}

function sharedTemplates(): Template[] {
  return [
    { path: '.gitignore', text: GITIGNORE },
    { path: `.sallyport/schema/${SCHEMA_FILES.gate}`, text: schemaText('gate') },
    { path: `.sallyport/schema/${SCHEMA_FILES.party}`, text: schemaText('party') },
  ];
}

function schemaText(name: keyof typeof SCHEMA_FILES): string {
  return `${JSON.stringify(jsonSchema(name), null, 2)}\n`;
}
