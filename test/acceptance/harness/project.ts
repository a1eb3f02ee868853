/** A complete project in a folder of its own: configuration, contract, parties, policies and a private PKI. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDevelopmentCa,
  type IssuedCertificate,
  issueDevelopmentCertificate,
} from '../../../src/core/trust/dev-ca.ts';

export interface ProjectOptions {
  /** Where the gate forwards to. */
  readonly upstream_url: string;
  /** Further lines below `upstream:`, six spaces deep. */
  readonly upstream_more?: string;
  /** Further lines of the zone `partner`, four spaces deep. */
  readonly zone_more?: string;
  /** Replaces the contract. */
  readonly contract?: string;
  /** Replaces the policies. */
  readonly policies?: string;
  /** Further lines at the top level. */
  readonly more?: string;
  /** Default 1: what one test sends is then judged by one process. */
  readonly workers?: number;
}

export interface Project {
  readonly folder: string;
  readonly config: string;
  readonly pki: string;
  readonly partner_ca: IssuedCertificate;
  /** Writes FILE.pem and FILE.key for a client of the partner's CA (or another), and returns their paths. */
  issueClient(request: {
    file: string;
    uri: string;
    ca?: IssuedCertificate;
    days?: number;
    now_ms?: number;
  }): Promise<Client>;
  write(path: string, content: string | Buffer): void;
  remove(): void;
}

export interface Client {
  readonly cert: string;
  readonly key: string;
}

const random = (size: number) => randomBytes(size);

export async function makeProject(options: ProjectOptions): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  const pki = join(folder, 'pki');
  for (const name of ['pki', 'parties', 'policies', 'contracts']) mkdirSync(join(folder, name), { mode: 0o700 });
  const now_ms = Date.now();
  const gate_ca = await createDevelopmentCa({ name: 'Test gate CA', days: 60, now_ms, random });
  const partner_ca = await createDevelopmentCa({ name: 'Test partner CA', days: 60, now_ms, random });
  const server = await issueDevelopmentCertificate({
    ca: gate_ca,
    kind: 'server',
    names: ['localhost', '127.0.0.1'],
    uris: [],
    days: 60,
    now_ms,
    random,
  });
  const write = (path: string, content: string | Buffer) => writeFileSync(join(folder, path), content, { mode: 0o600 });
  write('pki/gate-ca.pem', gate_ca.cert);
  write('pki/partner-ca.pem', partner_ca.cert);
  write('pki/gate.pem', server.cert + gate_ca.cert);
  write('pki/gate.key', server.key);
  write('sallyport.yaml', configText(options));
  write('contracts/orders.yaml', options.contract ?? CONTRACT);
  write('policies/orders.cedar', options.policies ?? POLICIES);
  write('parties/acme.yaml', PARTY_ACME);
  write('parties/globex.yaml', PARTY_GLOBEX);
  const project: Project = {
    folder,
    config: join(folder, 'sallyport.yaml'),
    pki,
    partner_ca,
    write,
    async issueClient({ file, uri, ca = partner_ca, days = 30, now_ms: at = Date.now() }) {
      const client = await issueDevelopmentCertificate({
        ca,
        kind: 'client',
        names: [],
        uris: [uri],
        days,
        now_ms: at,
        random,
      });
      write(`pki/${file}.pem`, client.cert);
      write(`pki/${file}.key`, client.key);
      return { cert: join(pki, `${file}.pem`), key: join(pki, `${file}.key`) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  await project.issueClient({ file: 'acme-erp', uri: 'spiffe://acme.example/erp' });
  await project.issueClient({ file: 'globex-reports', uri: 'spiffe://globex.example/reports' });
  return project;
}

function configText({
  upstream_url,
  upstream_more = '',
  zone_more = '',
  more = '',
  workers = 1,
}: ProjectOptions): string {
  return `version: 1
gate:
  name: test-gate
  data: data
  workers: ${workers}
zones:
  partner:
    listen:
      - address: 127.0.0.1
        port: 0
        names: [localhost]
        certificate: { chain: pki/gate.pem, key: "file:pki/gate.key" }
    trust:
      partner-ca: pki/partner-ca.pem
${zone_more}
groups:
  suppliers: {}
parties: parties/*.yaml
policies: policies/*.cedar
apis:
  orders:
    contract: contracts/orders.yaml
    zones: [partner]
    path: /api
    upstream:
      url: ${upstream_url}
${upstream_more}
${more}
`;
}

const PARTY_ACME = `party: acme
groups: [suppliers]
machines:
  acme-erp:
    credentials:
      - { trust: partner-ca, uri: "spiffe://acme.example/erp" }
`;

const PARTY_GLOBEX = `party: globex
machines:
  globex-reports:
    credentials:
      - { trust: partner-ca, uri: "spiffe://globex.example/reports" }
`;

const POLICIES = `@id("suppliers-may-call")
permit (principal in Group::"suppliers", action in Action::"call", resource in Api::"orders");

@id("globex-may-read")
permit (principal in Party::"globex", action == Action::"read", resource in Api::"orders");
`;

/** Small, but with something of everything: parameters in each place, a bound field, a view, declared errors. */
const CONTRACT = `openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: party, in: query, x-bind: principal.party, schema: { type: string } }
        - { name: X-Request-Tag, in: header, schema: { type: string, maxLength: 20 } }
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
components:
  schemas:
    NewOrder:
      type: object
      required: [item, quantity]
      properties:
        item: { type: string, minLength: 1, maxLength: 100 }
        quantity: { type: integer, minimum: 1, maximum: 1000 }
        party: { type: string, x-bind: principal.party }
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
`;
