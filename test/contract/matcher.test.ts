import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildMatcher } from '../../src/channels/api/contract/matcher.ts';
import { relateTemplates } from '../../src/channels/api/contract/overlap.ts';
import { type PathTemplate, parseTemplate } from '../../src/channels/api/contract/template.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { contractOf } from './fakes.ts';

function matcherOf(routes: readonly string[], prefix = '') {
  return buildMatcher([{ prefix, contract: contractOf(routes) }]);
}

function outcome(routes: readonly string[], method: string, path: string, prefix = ''): string {
  const found = matcherOf(routes, prefix).match(method, path);
  return typeof found === 'string' ? found : `${found.operation.template} ${found.captures.join(' ')}`.trim();
}

test('fixed text beats a parameter, longer fixed text beats shorter', () => {
  const routes = ['GET /a/{x}', 'GET /a/b', 'GET /a/b{x}', 'GET /a/bc{x}'];
  assert.equal(outcome(routes, 'GET', '/a/b'), '/a/b');
  assert.equal(outcome(routes, 'GET', '/a/z'), '/a/{x} z');
  assert.equal(outcome(routes, 'GET', '/a/bz'), '/a/b{x} z');
  assert.equal(outcome(routes, 'GET', '/a/bcd'), '/a/bc{x} d');
  assert.equal(outcome(['GET /a/{x}', 'GET /a/{x}.json'], 'GET', '/a/b.json'), '/a/{x}.json b');
  assert.equal(outcome(['GET /a/{x}', 'GET /a/{x}.json'], 'GET', '/a/.json'), '/a/{x} .json');
});

test('the search goes back where a more specific branch leads nowhere', () => {
  const routes = ['GET /a/{x}/c/d', 'GET /a/b/e/f'];
  assert.equal(outcome(routes, 'GET', '/a/b/c/d'), '/a/{x}/c/d b');
});

test('a method which the most specific template lacks is not looked for in a wider one', () => {
  const routes = ['GET /users/{id}', 'POST /users/me'];
  assert.equal(outcome(routes, 'GET', '/users/me'), 'method');
  assert.equal(outcome(routes, 'DELETE', '/users/7'), 'method');
  assert.equal(outcome(routes, 'POST', '/users/7'), 'method');
});

test('crossing templates with different methods both stay reachable', () => {
  const routes = ['GET /a/{x}/c', 'POST /a/b/{y}'];
  assert.equal(outcome(routes, 'GET', '/a/b/c'), '/a/{x}/c b');
  assert.equal(outcome(routes, 'POST', '/a/b/c'), '/a/b/{y} c');
  assert.equal(outcome(routes, 'PUT', '/a/b/c'), 'method');
});

test('another spelling of a path is another path', () => {
  const routes = ['GET /orders', 'GET /orders/{id}', 'GET /files/', 'GET /caf%C3%A9'];
  for (const path of [
    '/Orders',
    '/orders/',
    '//orders',
    '/%6Frders',
    '/orders//x',
    '/files',
    '/caf%c3%a9',
    '/caf\u00e9',
  ]) {
    assert.equal(outcome(routes, 'GET', path), 'path', path);
  }
  for (const path of ['', 'orders', '*', '/', '/orders/..', '/orders/.', '/orders?x=1']) {
    assert.equal(outcome(routes, 'GET', path), 'path', path);
  }
  assert.equal(outcome(routes, 'get', '/orders'), 'method');
  assert.equal(outcome(routes, 'GET', '/files/'), '/files/');
  assert.equal(outcome(routes, 'GET', '/caf%C3%A9'), '/caf%C3%A9');
});

test('captures stay percent-encoded', () => {
  assert.equal(outcome(['GET /a/{x}/{y}'], 'GET', '/a/%41%2Fb/c,d'), '/a/{x}/{y} %41%2Fb c,d');
});

test('names of object members are no paths', () => {
  const routes = ['GET /orders/{id}'];
  for (const path of ['/__proto__', '/constructor', '/toString/x']) assert.equal(outcome(routes, 'GET', path), 'path');
});

test('the prefix of an api stands before every template', () => {
  assert.equal(outcome(['GET /orders'], 'GET', '/shop/orders', '/shop'), '/orders');
  assert.equal(outcome(['GET /orders'], 'GET', '/orders', '/shop'), 'path');
  assert.equal(outcome(['GET /orders'], 'GET', '/orders', '/'), '/orders');
  assert.throws(() => matcherOf(['GET /orders'], '/shop/{x}'), LoadError);
  assert.throws(() => matcherOf(['GET /orders'], '/shop/'), LoadError);
});

test('operations that match the same request are refused, naming both places', () => {
  const ambiguous: [string, string][] = [
    ['GET /a/{x}', 'GET /a/{y}'],
    ['GET /a/{x}/c', 'GET /a/b/{y}'],
    ['GET /a/x{n}', 'GET /a/{n}y'],
    ['GET /{a}/b', 'GET /a/{b}'],
  ];
  for (const [first, second] of ambiguous) {
    assert.throws(
      () => matcherOf([first, second]),
      (error) => {
        assert.ok(error instanceof LoadError);
        assert.equal(error.faults.length, 1);
        const [fault] = error.faults;
        assert.equal(fault?.code, 'CONTRACT_AMBIGUOUS');
        assert.equal(
          fault?.message,
          `test.0 (${first}) and test.1 (${second} at test.yaml:2:1) match the same request, and neither is more specific`,
        );
        assert.deepEqual([fault?.file, fault?.line, fault?.column, fault?.key], ['test.yaml', 1, 1, '#/0']);
        return true;
      },
    );
  }
});

test('ambiguity is found across the contracts of a zone', () => {
  const mounts = [
    { prefix: '/a', contract: contractOf(['GET /{x}']) },
    { prefix: '', contract: contractOf(['GET /{y}/b']) },
  ];
  assert.throws(() => buildMatcher(mounts), /CONTRACT_AMBIGUOUS/);
});

// The oracle: try every template as a regular expression; of those that match keep the ones no other is narrower
// than, where narrower is decided by trying all paths of a small world.
const words = ['a', 'b', 'ab', 'ba', 'abb'];
const segment = fc.constantFrom('a', 'b', 'ab', '{p}', 'a{p}', '{p}b', 'a{p}b', 'ab{p}');
const route = fc.tuple(
  fc.constantFrom('GET', 'PUT'),
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => {
    return `/${parts.map((part, index) => part.replace('p', `p${index}`)).join('/')}`;
  }),
);

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{[^}]*\}/g, '[^/]+')}$`);
}

const world = [1, 2, 3].flatMap((length) => {
  const alphabet = ['a', 'b', 'ab', 'ba', 'abb', 'aab', 'abab', 'c', 'ac', 'cb', 'acb', 'abc'];
  let paths = [''];
  for (let i = 0; i < length; i++) paths = paths.flatMap((path) => alphabet.map((word) => `${path}/${word}`));
  return paths;
});
const matchedBy = new Map<string, Set<string>>();
function pathsOf(template: string): Set<string> {
  const pattern = patternOf(template);
  const known = matchedBy.get(template) ?? new Set(world.filter((path) => pattern.test(path)));
  matchedBy.set(template, known);
  return known;
}

function naiveRelation(a: string, b: string): string {
  const [in_a, in_b] = [pathsOf(a), pathsOf(b)];
  const a_in_b = in_a.isSubsetOf(in_b);
  const b_in_a = in_b.isSubsetOf(in_a);
  if (in_a.isDisjointFrom(in_b)) return 'disjoint';
  return a_in_b ? (b_in_a ? 'equal' : 'narrower') : b_in_a ? 'wider' : 'crossing';
}

test('relations between templates agree with the sets of paths they match', () => {
  fc.assert(
    fc.property(route, route, ([, a], [, b]) => {
      const relation = relateTemplates(parseTemplate(a) as PathTemplate, parseTemplate(b) as PathTemplate);
      assert.equal(relation, naiveRelation(a, b), `${a} ${b}`);
    }),
    { numRuns: 400 },
  );
});

test('the matcher agrees with trying every template', () => {
  const path = fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(route, { maxLength: 6 }), fc.array(path, { minLength: 5, maxLength: 5 }), (routes, paths) => {
      const clash = routes.some(([method, a], i) =>
        routes.slice(0, i).some(([other, b]) => method === other && /equal|crossing/.test(naiveRelation(a, b))),
      );
      const declared = routes.map(([method, template]) => `${method} ${template}`);
      if (clash) return assert.throws(() => matcherOf(declared), /CONTRACT_AMBIGUOUS/);
      const matcher = matcherOf(declared);
      for (const raw of paths) {
        const hits = routes.filter(([, template]) => patternOf(template).test(raw));
        const best = hits.filter(([, a]) => !hits.some(([, b]) => naiveRelation(b, a) === 'narrower'));
        const expected = best.find(([method]) => method === 'GET')?.[1] ?? (best.length > 0 ? 'method' : 'path');
        const found = matcher.match('GET', raw);
        assert.equal(typeof found === 'string' ? found : found.operation.template, expected);
      }
    }),
    { numRuns: 400 },
  );
});

test('any method and path is answered without an exception', () => {
  const matcher = matcherOf(['GET /a/{x}/{y}.json', 'PUT /a/b/{z}', 'GET /']);
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (method, path) => {
      const found = matcher.match(method, path);
      assert.ok(typeof found === 'string' || found.captures.every((captured) => captured !== ''));
    }),
  );
});
