/**
 * Certificates of a client that were changed where their structure is: lengths, tags and nesting. Whatever comes,
 * `authenticateCertificate` gives a principal or a declared code, and does so in bounded time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CODES } from '../../src/core/errors/index.ts';
import { authenticateCertificate, buildRegistry, type Registry } from '../../src/core/identity/index.ts';
import { createTrustStore, thumbprint } from '../../src/core/trust/index.ts';
import { dns, dnsBase, Extension, forge, NOW_MS, spiffe, uriBase } from '../trust/forge.ts';

const root = await forge({ name: 'Acme Root', ca: true });
const middle = await forge({
  name: 'Acme Issuing',
  issuer: root,
  ca: true,
  constraints: { permitted: [uriBase('acme.example'), dnsBase('acme.example')] },
});
const names = [...spiffe('spiffe://acme.example/erp'), ...dns('erp.acme.example')];
const erp = await forge({ name: 'erp', issuer: middle, names });
const rsa = await forge({ name: 'erp', issuer: root, names, kind: 'RSA-2048' });
const edwards = await forge({ name: 'erp', issuer: root, names, kind: 'Ed25519' });
const source = { file: 'parties/acme.yaml', line: 1, column: 1 };
const store = createTrustStore([{ name: 'acme-ca', pem: root.pem }], { now_ms: NOW_MS });

/** Every certificate is pinned, so that all of it is read, whatever its signature is worth. */
function registryOf(pins_all: boolean): Registry {
  const registry = buildRegistry({
    parties: [{ id: 'acme', groups: [], suspended: false, source }],
    groups: [],
    machines: [
      {
        id: 'acme-erp',
        party: 'acme',
        groups: [],
        suspended: false,
        source,
        credentials: [{ kind: 'uri', trust: 'acme-ca', uri: 'spiffe://acme.example/erp', source }],
      },
    ],
    trusts: ['acme-ca'],
    zones: ['partner'],
  } as unknown as Parameters<typeof buildRegistry>[0]);
  return { ...registry, pinned: (id) => pins_all || registry.pinned(id), identify: (it) => registry.identify(it) };
}

const CHAIN_ALONE = registryOf(false);
const ALL_PINNED = registryOf(true);

/** Of processor time; the slowest honest verdicts take a few, and a garbage collection may fall into any. */
const MOST_MS = 250;

function judge(leaf: Buffer, presented: readonly Buffer[], registry: Registry): string {
  const began = process.threadCpuUsage().user;
  const verdict = authenticateCertificate({ leaf, presented, store, registry, zone: 'partner', now_ms: NOW_MS });
  assert.ok(process.threadCpuUsage().user - began < MOST_MS * 1000, 'bounded time');
  if (verdict.ok) return `ok ${verdict.principal.machine}`;
  assert.ok(verdict.code in CODES, verdict.code);
  assert.equal(CODES[verdict.code].step, 'authenticate');
  assert.equal(verdict.thumbprint, thumbprint(leaf));
  return verdict.code;
}

/** Where each element of the DER begins, with the length of its header and of its content. */
interface Element {
  readonly at: number;
  readonly header: number;
  readonly length: number;
}

function elementsOf(der: Buffer, from = 0, to = der.length): Element[] {
  const found: Element[] = [];
  for (let at = from; at + 2 <= to; ) {
    const first = der[at + 1]!;
    const more = first > 0x80 ? first - 0x80 : 0;
    if (more > 4) break;
    const header = 2 + more;
    const length = more === 0 ? first : der.readUIntBE(at + 2, more);
    if (at + header + length > to) break;
    found.push({ at, header, length });
    const tag = der[at]!;
    const content = at + header;
    // Constructed elements, and the octet strings that extensions are wrapped in.
    if ((tag & 0x20) !== 0 || tag === 0x04) found.push(...elementsOf(der, content, content + length));
    at = content + length;
  }
  return found;
}

const cut = (der: Buffer, { at, header, length }: Element, by: Buffer): Buffer =>
  Buffer.concat([der.subarray(0, at), by, der.subarray(at + header + length)]);
const whole = (der: Buffer, { at, header, length }: Element): Buffer => der.subarray(at, at + header + length);
const content = (der: Buffer, { at, header, length }: Element): Buffer =>
  der.subarray(at + header, at + header + length);

/** The same element in another form, or another element in its place. The lengths around it are left false. */
const CHANGES: readonly ((der: Buffer, element: Element, other: Element, byte: number) => Buffer)[] = [
  (der, element, _other, byte) =>
    cut(der, element, Buffer.concat([Buffer.from([byte]), whole(der, element).subarray(1)])),
  (der, element, _other, byte) =>
    cut(der, element, Buffer.concat([Buffer.from([der[element.at]!, byte]), content(der, element)])),
  (der, element) => cut(der, element, Buffer.from([der[element.at]!, 0x80, ...content(der, element), 0, 0])),
  (der, element) =>
    cut(der, element, Buffer.from([der[element.at]!, 0x84, 0xff, 0xff, 0xff, 0xff, ...content(der, element)])),
  (der, element) => cut(der, element, Buffer.from([der[element.at]!, 0x00])),
  (der, element) => cut(der, element, Buffer.alloc(0)),
  (der, element, other) => cut(der, element, whole(der, other)),
  (der, element) => cut(der, element, Buffer.concat([whole(der, element), whole(der, element)])),
  (der, element) =>
    cut(der, element, Buffer.concat([Buffer.alloc(2000, Buffer.from([0x30, 0x80])), whole(der, element)])),
];

/** Lengths put right around a change of one element, so that what is inside is reached. */
function replaced(der: Buffer, target: Element, by: Buffer): Buffer {
  const inner = elementsOf(der).filter(
    ({ at, header, length }) => at < target.at && target.at + target.header + target.length <= at + header + length,
  );
  let piece = by;
  let { at, header, length } = target;
  for (const around of inner.reverse()) {
    const before = der.subarray(around.at + around.header, at);
    const after_it = der.subarray(at + header + length, around.at + around.header + around.length);
    const body = Buffer.concat([before, piece, after_it]);
    const size = Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
    const short =
      body.length < 0x80 ? Buffer.from([body.length]) : body.length < 0x100 ? Buffer.from([0x81, body.length]) : size;
    piece = Buffer.concat([Buffer.from([der[around.at]!]), short, body]);
    ({ at, header, length } = around);
  }
  return piece;
}

const certificates = [erp, rsa, edwards, middle].map(({ der }) => ({ der, elements: elementsOf(der) }));
const which = fc.record({
  certificate: fc.nat(certificates.length - 1),
  element: fc.nat(10_000),
  other: fc.nat(10_000),
  change: fc.nat(CHANGES.length - 1),
  byte: fc.nat(255),
  body: fc.uint8Array({ maxLength: 24 }),
});
type Which = Parameters<Parameters<typeof which.map>[0]>[0];

function changed({ certificate, element, other, change, byte, body }: Which): Buffer[] {
  const { der, elements } = certificates[certificate]!;
  const one = elements[element % elements.length]!;
  const bytes = Buffer.from([der[one.at]!, body.length, ...body]);
  return [CHANGES[change]!(der, one, elements[other % elements.length]!, byte), replaced(der, one, bytes)];
}

describe('a client certificate with a broken structure', () => {
  it('was read as a tree at all', () => {
    for (const { elements } of certificates) assert.ok(elements.length > 40);
    assert.equal(judge(erp.der, [middle.der], CHAIN_ALONE), 'ok acme-erp');
    const [one] = elementsOf(erp.der).slice(-1);
    assert.deepEqual(
      replaced(erp.der, one!, whole(erp.der, one!)),
      erp.der,
      'nothing is changed by a change to the same',
    );
  });

  it('is never a principal, an exception or a wait, as a leaf or as an issuer', () => {
    fc.assert(
      fc.property(which, (given) => {
        for (const der of changed(given)) {
          const known = [erp, rsa, edwards].some((sound) => sound.der.equals(der));
          const as_leaf = judge(der, [middle.der], CHAIN_ALONE);
          if (!known) assert.notEqual(as_leaf, 'ok acme-erp');
          const as_issuer = judge(erp.der, [der], CHAIN_ALONE);
          if (!der.equals(middle.der)) assert.notEqual(as_issuer, 'ok acme-erp');
        }
      }),
      { numRuns: 1200 },
    );
  });

  it('is a declared code also where it is pinned and all of it is read', () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(which, (given) => {
        for (const der of changed(given)) codes.add(judge(der, [], ALL_PINNED));
      }),
      { numRuns: 1200 },
    );
    assert.ok(codes.has('AUTHN_CERT_MALFORMED') && codes.size > 2, [...codes].join());
  });

  it('is refused in bounded time where its own CA signed it', async () => {
    const oid = fc.constantFrom('2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.37', '2.5.29.36', '1.2.3');
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((body) => Buffer.from([0x30, body.length, ...body])),
      fc.nat(1500).map((depth) => Buffer.alloc(2 * depth, Buffer.from([0x30, 0x80]))),
      // Names without number: nothing may be worth more than its bytes.
      fc.integer({ min: 257, max: 1500 }).map((count) => {
        const body = Buffer.alloc(3 * count, Buffer.from([0x82, 0x01, 0x61]));
        return Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff, ...body]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(oid, piece, fc.boolean(), async (type, bytes, critical) => {
        const extra = [new Extension(type, critical, new Uint8Array(bytes).buffer)];
        const odd = await forge({ name: 'erp', issuer: root, keys: erp.keys, names, extra });
        const verdict = judge(odd.der, [], CHAIN_ALONE);
        // Read past: an extension that is unknown, or certificate policies, where they are not critical.
        if (!critical && (type === '1.2.3' || type === '2.5.29.36')) return;
        assert.notEqual(verdict, 'ok acme-erp', `${type} ${bytes.toString('hex').slice(0, 80)}`);
      }),
      { numRuns: 150 },
    );
  });
});

describe('name constraints that could be read two ways', () => {
  const CONSTRAINTS = {
    'are empty': '3000',
    'permit an empty list': '3002a000',
    'exclude an empty list': '3002a100',
    // uniformResourceIdentifier "acme.example", minimum 1; then minimum 0 and maximum 5.
    'have a minimum': '3015a0133011860c61636d652e6578616d706c65800101',
    'have a maximum': '3015a0133011860c61636d652e6578616d706c65810105',
  };
  for (const [what, hex] of Object.entries(CONSTRAINTS)) {
    it(`let nothing pass where they ${what}`, async () => {
      const extra = [new Extension('2.5.29.30', true, new Uint8Array(Buffer.from(hex, 'hex')).buffer)];
      const issuer = await forge({ name: 'Acme Odd', issuer: root, ca: true, extra });
      const leaf = await forge({ name: 'erp', issuer, names });
      const code = judge(leaf.der, [issuer.der], CHAIN_ALONE);
      assert.ok(['AUTHN_CERT_MALFORMED', 'AUTHN_CERT_CONSTRAINTS'].includes(code), code);
    });
  }
});
