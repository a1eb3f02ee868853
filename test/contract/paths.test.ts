import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildMatcher, checkParameters, loadContract } from '../../src/channels/api/contract/index.ts';
import { pathFault } from '../../src/channels/api/hygiene/target.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { Refusal } from '../../src/core/errors/index.ts';
import { JUDGING } from './world.ts';

/** Paths with what is said of each of their parameters. */
function contract(paths: Readonly<Record<string, Readonly<Record<string, object>>>>, shared = false) {
  const parameter = (name: string, more: object) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...more,
  });
  const operations = Object.entries(paths).map(([path, parameters]) => {
    const list = Object.entries(parameters).map(([name, more]) => parameter(name, more));
    const get = { responses: { 204: { description: 'done' } }, parameters: shared ? [] : list };
    return [path, shared ? { get, parameters: list } : { get }];
  });
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Paths', version: '1' },
    paths: Object.fromEntries(operations),
  });
  return loadContract({ api: 'paths', path: 'paths.json', text });
}

const PATHS = contract({
  '/repos/{owner}/{repo}/branches/{branch}/protection': { owner: {}, repo: {}, branch: { 'x-multi-segment': true } },
  '/repos/{owner}/{repo}/branches/{branch}': { owner: {}, repo: {}, branch: { 'x-multi-segment': true } },
  '/tags/{tag}': { tag: { 'x-encoded-slash': true } },
  '/compare/{base}...{head}': { base: {}, head: { 'x-encoded-slash': true } },
  '/shops/{party}-{shop}': { party: { 'x-bind': 'principal.party' }, shop: {} },
});
const matcher = buildMatcher([{ prefix: '', contract: PATHS }]);

/** What the upstream is sent for a path, or why it is not. */
function sent(path: string): string {
  if (pathFault(path, true) !== null) return 'ADMIT_TARGET';
  const found = matcher.match('GET', path);
  if (typeof found === 'string') return found;
  try {
    return checkParameters(found.operation, { path: found.captures, query: '', headers: () => undefined }, JUDGING)
      .path;
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return `${error.code} ${error.detail.pointer}`;
  }
}

test('a parameter of several segments goes on segment by segment', () => {
  for (const path of [
    '/repos/a/b/branches/main',
    '/repos/a/b/branches/feat/x',
    '/repos/a/b/branches/feat/x/protection',
  ]) {
    assert.equal(sent(path), path);
  }
  assert.equal(sent('/repos/a/b/branches/f%C3%A9/%78%7e'), '/repos/a/b/branches/f%C3%A9/x~');
  assert.equal(sent('/repos/a/b/branches/x%2Fy'), 'path');
  assert.equal(sent('/repos/a/b/branches/x/..%2Fy'), 'ADMIT_TARGET');
  assert.equal(sent('/repos/a%2Fc/b/branches/x'), 'path');
  assert.equal(sent('/repos/a/b/branches/x/%252e%252e/y'), 'ADMIT_TARGET');
});

test('an encoded slash goes on encoded, and never as a slash', () => {
  assert.equal(sent('/tags/v1%2f2'), '/tags/v1%2F2');
  assert.equal(sent('/tags/v1/2'), 'path');
  assert.equal(sent('/tags/v1%252F2'), 'ADMIT_TARGET');
  assert.equal(sent('/tags/%2Fv1'), 'ADMIT_TARGET');
  assert.equal(sent('/tags/v1%2F..'), 'ADMIT_TARGET');
  assert.equal(sent('/tags%2Fv1'), 'path');
});

test('parameters of one segment stay apart when they are decoded and written again', () => {
  assert.equal(sent('/compare/v1.0...feat%2Fx'), '/compare/v1.0...feat%2Fx');
  assert.equal(sent('/compare/feat%2Fx...v1.0'), 'path');
  assert.match(sent('/compare/a...b%2E%2E%2Ec'), /^VALIDATE_PARAMETER path\//);
  assert.match(sent('/compare/a%2E...b'), /^VALIDATE_PARAMETER path\//);
});

test('a value bound to the caller cannot borrow text of its neighbour', () => {
  assert.equal(sent('/shops/acme-north'), '/shops/acme-north');
  assert.equal(sent('/shops/acme-corp-north'), 'path');
  assert.equal(sent('/shops/globex-north'), 'VALIDATE_BINDING path/party');
  assert.match(sent('/shops/acme-corp%2Dnorth'), /^VALIDATE_PARAMETER path\//);
  assert.match(sent('/shops/acme%2Dcorp-north'), /^VALIDATE_/);
});

test('what is sent on means the same operation and the same path again', () => {
  const piece = fc.constantFrom(
    'a',
    'acme',
    '-',
    '...',
    '.',
    '%2F',
    '%2D',
    '%2E',
    '%25',
    '%C3%A9',
    '/',
    'x',
    '~',
    '%7E',
    ';',
  );
  const head = fc.constantFrom('/tags/', '/compare/', '/shops/', '/repos/a/b/branches/', '/repos/');
  fc.assert(
    fc.property(head, fc.array(piece, { maxLength: 7 }), (start, pieces) => {
      const path = start + pieces.join('');
      const out = sent(path);
      if (!out.startsWith('/')) return;
      assert.equal(sent(out), out, path);
      const [first, second] = [path, out].map((text) => matcher.match('GET', text));
      assert.ok(typeof first === 'object' && typeof second === 'object' && first.operation === second.operation);
      assert.equal(out.split('/').length, path.split('/').length);
    }),
    { numRuns: 3000 },
  );
});

test('what a path item says of slashes holds for its operations', () => {
  const shared = contract({ '/x/{p}': { p: { 'x-multi-segment': true } } }, true);
  const found = buildMatcher([{ prefix: '/api', contract: shared }]).match('GET', '/api/x/a/b');
  assert.ok(typeof found === 'object');
  assert.deepEqual(found.captures, ['a/b']);
});

test('a parameter of several segments must stand alone, and once', () => {
  for (const [path, names] of [
    ['/x/{p}.json', ['p']],
    ['/x/{p}/y/{q}', ['p', 'q']],
  ] as const) {
    const parameters = Object.fromEntries(names.map((name) => [name, { 'x-multi-segment': true }]));
    assert.throws(
      () => contract({ [path]: parameters }),
      (error) => error instanceof LoadError && error.faults.some(({ code }) => code === 'CONTRACT_UNSUPPORTED'),
    );
  }
});

test('a narrower template hides a wider one only where its parameters can hold the value', () => {
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Paths', version: '1' },
    paths: {
      '/attestations/{digest}': {
        get: {
          parameters: [
            { name: 'digest', in: 'path', required: true, 'x-multi-segment': true, schema: { type: 'string' } },
          ],
          responses: { 204: { description: 'done' } },
        },
      },
      '/attestations/{id}': {
        delete: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          responses: { 204: { description: 'done' } },
        },
      },
    },
  });
  const { match } = buildMatcher([{ prefix: '', contract: loadContract({ api: 'a', path: 'a.json', text }) }]);
  const template = (method: string, path: string) => {
    const found = match(method, path);
    return typeof found === 'string' ? found : found.operation.template;
  };
  assert.equal(template('GET', '/attestations/sha256:ab'), '/attestations/{digest}');
  assert.equal(template('GET', '/attestations/a/b'), '/attestations/{digest}');
  assert.equal(template('GET', '/attestations/7'), 'method');
  assert.equal(template('DELETE', '/attestations/7'), '/attestations/{id}');
  assert.equal(template('DELETE', '/attestations/x'), '/attestations/{id}');
  assert.equal(template('PUT', '/attestations/x'), 'method');
});
