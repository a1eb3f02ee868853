import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { buildMatcher } from '../../src/channels/api/contract/matcher.ts';
import { relateTemplates } from '../../src/channels/api/contract/overlap.ts';
import { type PathTemplate, parseTemplate } from '../../src/channels/api/contract/template.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { contractOf, slashesOf } from './fakes.ts';

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
  assert.equal(outcome(['GET /a/{x}/{y}'], 'GET', '/a/%41%3Bb/c,d'), '/a/{x}/{y} %41%3Bb c,d');
});

test('an encoded slash matches only a parameter that may hold one', () => {
  const routes = ['GET /a/{x}', 'GET /b/{x%}', 'GET /b/{x%}/c', 'GET /d/{x}-{y%}', 'GET /e/{x+}'];
  assert.equal(outcome(routes, 'GET', '/a/x%2Fy'), 'path');
  assert.equal(outcome(routes, 'GET', '/a/x%2fy'), 'path');
  assert.equal(outcome(routes, 'GET', '/a%2Fx'), 'path');
  assert.equal(outcome(routes, 'GET', '/b/x%2Fy'), '/b/{x%} x%2Fy');
  assert.equal(outcome(routes, 'GET', '/b/x%2fy/c'), '/b/{x%}/c x%2fy');
  assert.equal(outcome(routes, 'GET', '/b%2Fx'), 'path');
  assert.equal(outcome(routes, 'GET', '/d/x-y%2Fz'), '/d/{x}-{y%} x y%2Fz');
  assert.equal(outcome(routes, 'GET', '/d/x%2Fy-z'), 'path');
  assert.equal(outcome(routes, 'GET', '/e/x%2Fy'), 'path');
  assert.equal(outcome(routes, 'GET', '/e/x/y%2Fz/w'), 'path');
});

test('several parameters of a segment are told apart by the text between them', () => {
  const routes = ['GET /compare/{base}...{head}', 'GET /tiles/{z}.{x}-{y}.png', 'GET /tiles/{name}'];
  assert.equal(outcome(routes, 'GET', '/compare/v1.0...v1.1'), '/compare/{base}...{head} v1.0 v1.1');
  assert.equal(outcome(routes, 'GET', '/tiles/3.4-5.png'), '/tiles/{z}.{x}-{y}.png 3 4 5');
  assert.equal(outcome(routes, 'GET', '/tiles/3.4.png'), '/tiles/{name} 3.4.png');
  for (const path of ['/compare/a..b', '/compare/...b', '/compare/a...', '/compare/a', '/compare/...']) {
    assert.equal(outcome(routes, 'GET', path), 'path', path);
  }
});

test('a segment whose parameters can be told apart in two ways matches nothing, not even a wider template', () => {
  const routes = ['GET /{owner}-{repo}', 'GET /{any}', 'GET /x/{base}...{head}'];
  assert.equal(outcome(routes, 'GET', '/acme-shop'), '/{owner}-{repo} acme shop');
  assert.equal(outcome(routes, 'GET', '/acme-corp-shop'), 'path');
  assert.equal(outcome(routes, 'GET', '/acme--shop'), 'path');
  assert.equal(outcome(routes, 'GET', '/x/a...b...c'), 'path');
  assert.equal(outcome(routes, 'GET', '/x/a....b'), 'path');
});

test('an open parameter takes one or more segments, and fixed text behind it is more specific', () => {
  const routes = [
    'GET /r/{branch+}',
    'GET /r/{branch+}/protection',
    'GET /r/{branch+}/{x}/end',
    'GET /r/main',
    'GET /{any}/z/',
  ];
  assert.equal(outcome(routes, 'GET', '/r/a'), '/r/{branch+} a');
  assert.equal(outcome(routes, 'GET', '/r/a/b/c'), '/r/{branch+} a/b/c');
  assert.equal(outcome(routes, 'GET', '/r/a/b/protection'), '/r/{branch+}/protection a/b');
  assert.equal(outcome(routes, 'GET', '/r/protection'), '/r/{branch+} protection');
  assert.equal(outcome(routes, 'GET', '/r/a/b/c/end'), '/r/{branch+}/{x}/end a/b c');
  assert.equal(outcome(routes, 'GET', '/r/a/end'), '/r/{branch+} a/end');
  assert.equal(outcome(routes, 'GET', '/r/main'), '/r/main');
  for (const path of ['/r', '/r/', '/r/a/', '/r/a//b', '/r/../b', '/r/a/./b', '/r/a/..']) {
    assert.equal(outcome(routes, 'GET', path), 'path', path);
  }
});

test('a path of more segments than any template needs matches nothing', () => {
  const routes = ['GET /r/{x+}'];
  assert.match(outcome(routes, 'GET', `/r${'/a'.repeat(255)}`), /^\/r/);
  assert.equal(outcome(routes, 'GET', `/r${'/a'.repeat(256)}`), 'path');
  assert.equal(outcome(routes, 'GET', `/r${'/a'.repeat(100_000)}`), 'path');
});

/** A contract of GET operations, each path with the schema of its parameters. */
function typed(paths: Readonly<Record<string, Readonly<Record<string, object>>>>) {
  const operations = Object.entries(paths).map(([path, schemas]) => [
    path,
    {
      get: {
        responses: { 204: { description: 'done' } },
        parameters: Object.entries(schemas).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
      },
    },
  ]);
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Typed', version: '1' },
    paths: Object.fromEntries(operations),
  });
  return () => buildMatcher([{ prefix: '', contract: loadContract({ api: 'typed', path: 'typed.json', text }) }]);
}

const ANY = { type: 'string' };

test('templates that cross are kept apart by a parameter that cannot hold the fixed text of the other', () => {
  for (const schema of [
    { type: 'integer' },
    { enum: ['open', 'closed'] },
    { type: 'string', pattern: '^[0-9]+$' },
    { type: 'string', not: { const: 'comments' } },
    { type: 'string', not: { enum: ['labels', 'comments'] } },
    { type: 'string', maxLength: 7 },
  ]) {
    assert.ok(typed({ '/issues/comments/{id}': { id: ANY }, '/issues/{number}/comments': { number: schema } })());
    assert.ok(typed({ '/issues/comments/{id}': { id: schema }, '/issues/{number}/comments': { number: ANY } })());
  }
  for (const schema of [
    ANY,
    { type: 'string', pattern: '^c' },
    { enum: ['comments'] },
    { type: ['integer', 'string'] },
  ]) {
    assert.throws(
      typed({ '/issues/comments/{id}': { id: schema }, '/issues/{number}/comments': { number: ANY } }),
      /CONTRACT_AMBIGUOUS/,
    );
  }
});

test('templates with a parameter at the same place are kept apart by words of which the other can be none', () => {
  const letters = { type: 'string', pattern: '^[a-z]+$' };
  const rooms = typed({
    '/a/{x}': { x: { enum: ['open', 'a-b'] } },
    '/a/{y}': { y: { type: 'integer' } },
    '/a/{z}!': { z: ANY },
  });
  const found = (path: string) => rooms().match('GET', path);
  assert.deepEqual(
    ['/a/open', '/a/7', '/a/x!', '/a/shut'].map((path) => {
      const match = found(path);
      return typeof match === 'string' ? match : match.operation.template;
    }),
    ['/a/{x}', '/a/{y}', '/a/{z}!', 'path'],
  );
  assert.ok(typed({ '/a/{x}': { x: { enum: ['a', 'b'] } }, '/a/{y}': { y: { enum: ['c'] } } })());
  assert.ok(typed({ '/v{x}/b': { x: { const: '1' } }, '/{y}/{z}': { y: letters, z: ANY } })());
  for (const [x, y] of [
    [{ enum: ['a', '7'] }, { type: 'integer' }],
    [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }],
    [{ type: 'integer' }, letters],
    [{ type: 'integer' }, { type: 'number' }],
  ] as const) {
    assert.throws(typed({ '/a/{x}': { x }, '/a/{y}': { y } }), /CONTRACT_AMBIGUOUS/);
  }
});

test('where several templates match, those whose parameters cannot hold what they captured are out', () => {
  const matcher = typed({
    '/issues/comments/{id}': { id: { type: 'integer' } },
    '/issues/{number}/comments': { number: { type: 'integer' } },
    '/v{z}.{x}/a': { z: { type: 'integer' }, x: { type: 'integer' } },
    '/v1.{x}/{y}': { x: { type: 'integer' }, y: { not: { const: 'a' } } },
  })();
  const found = (path: string) => {
    const result = matcher.match('GET', path);
    return typeof result === 'string' ? result : result.operation.template;
  };
  assert.equal(found('/issues/comments/7'), '/issues/comments/{id}');
  assert.equal(found('/issues/7/comments'), '/issues/{number}/comments');
  assert.equal(found('/issues/comments/comments'), 'path');
  assert.equal(found('/v1.2/a'), '/v{z}.{x}/a');
  assert.equal(found('/v1.2/b'), '/v1.{x}/{y}');
});

test('where one template alone matches, a value its parameter cannot hold is left to the parameter', () => {
  const matcher = typed({
    '/issues/comments/{id}': { id: { type: 'integer' } },
    '/issues/{number}/comments': { number: { type: 'integer' } },
  })();
  for (const path of ['/issues/x/comments', '/issues/comments/x']) {
    const found = matcher.match('GET', path);
    assert.ok(typeof found !== 'string' && found.captures[0] === 'x', path);
  }
});

test('an open parameter and fixed text are kept apart from the start and from the end', () => {
  const parameters = (id: object) => ({ '/f/{id}/{rest}/x': { id, rest: ANY }, '/f/a/{id}/{y}': { id: ANY, y: ANY } });
  assert.throws(typed(parameters(ANY)), /CONTRACT_AMBIGUOUS/);
  assert.ok(typed(parameters({ type: 'integer' }))());
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
const SEGMENTS = ['a', 'b', 'ab', '{p}', 'a{p}', '{p}b', 'a{p}b', 'ab{p}', '{p}a{q}', 'a{p}b{q}', '{p%}', '{p%}b'];
const segment = fc.constantFrom(...SEGMENTS, '{p+}');
const route = fc.tuple(
  fc.constantFrom('GET', 'PUT'),
  fc
    .array(segment, { minLength: 1, maxLength: 2 })
    .filter((parts) => parts.filter((part) => part === '{p+}').length < 2)
    .map((parts) =>
      parts.map((part, index) => `/${part.replace('p', `p${index}`).replace('q', `q${index}`)}`).join(''),
    ),
);

const patterns = new Map<string, RegExp>();
function patternOf(template: string): RegExp {
  const one = '(?:(?!%2F)[^/])+';
  const source = template
    .replace(/\{[^}]*\+\}/g, `${one}(?:/${one})*`)
    .replace(/\{[^}]*%\}/g, '[^/]+')
    .replace(/\{[^}]*\}/g, one);
  const known = patterns.get(template) ?? new RegExp(`^${source}$`);
  patterns.set(template, known);
  return known;
}

/** In how many ways the parameters of a template can be told apart: all places of each text are tried. */
function readings(template: string, path: string): number {
  const [first = '', ...texts] = template.split(/\{[^}]*\}/);
  const slots = [...template.matchAll(/\{[^}]*\}/g)].map(([slot]) => slot);
  if (!path.startsWith(first)) return 0;
  const count = (at: number, index: number): number => {
    if (index === texts.length) return at === path.length ? 1 : 0;
    const [slot, text] = [slots[index] as string, texts[index] as string];
    let ways = 0;
    for (let end = at + 1; end + text.length <= path.length; end++) {
      const captured = path.slice(at, end);
      const allowed = slot.endsWith('+}') ? !/%2F|^\/|\/$/.test(captured) : !captured.includes('/');
      if (!allowed || (captured.includes('%2F') && !slot.endsWith('%}'))) continue;
      if (path.startsWith(text, end)) ways += count(end + text.length, index + 1);
    }
    return ways;
  };
  return count(first.length, 0);
}

/** Of all short texts one for each set of segments they match: more would tell nothing apart. */
const words = [
  ...new Map(
    [1, 2, 3, 4, 5, 6]
      .flatMap((length) => textsOf(['a', 'b', 'c', '%2F'], length))
      .map((word) => {
        const matching = SEGMENTS.filter((part) => patternOf(`/${part}`).test(`/${word}`));
        return [matching.join(' '), word] as const;
      }),
  ).values(),
];
const world = words.flatMap((first) => [
  `/${first}`,
  ...words.flatMap((last) => [`/${first}/${last}`, `/${first}/c/${last}`]),
]);

function textsOf(alphabet: readonly string[], length: number): string[] {
  let texts = [''];
  for (let i = 0; i < length; i++) texts = texts.flatMap((text) => alphabet.map((letter) => text + letter));
  return texts;
}

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
      const [left, right] = [a, b].map((text) => parseTemplate(text, slashesOf) as PathTemplate);
      const relation = relateTemplates(left as PathTemplate, right as PathTemplate);
      assert.equal(relation, naiveRelation(a, b), `${a} ${b}`);
    }),
    { numRuns: 600 },
  );
});

test('the matcher agrees with trying every template', () => {
  const path = fc
    .array(fc.constantFrom(...words, 'aaaa', 'cacac', 'acbcbc'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(route, { maxLength: 6 }), fc.array(path, { minLength: 8, maxLength: 8 }), (routes, paths) => {
      const clash = routes.some(([method, a], i) =>
        routes.slice(0, i).some(([other, b]) => method === other && /equal|crossing/.test(naiveRelation(a, b))),
      );
      const declared = routes.map(([method, template]) => `${method} ${template}`);
      if (clash) return assert.throws(() => matcherOf(declared), /CONTRACT_AMBIGUOUS/);
      const matcher = matcherOf(declared);
      for (const raw of paths) {
        const hits = routes.filter(([, template]) => patternOf(template).test(raw));
        const best = hits.filter(([, a]) => !hits.some(([, b]) => naiveRelation(b, a) === 'narrower'));
        const chosen = best.find(([method]) => method === 'GET')?.[1];
        const expected = chosen ?? (best.length > 0 ? 'method' : 'path');
        const found = matcher.match('GET', raw);
        const clear = chosen === undefined || readings(chosen, raw) === 1;
        assert.equal(typeof found === 'string' ? found : found.operation.template, clear ? expected : 'path', raw);
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
