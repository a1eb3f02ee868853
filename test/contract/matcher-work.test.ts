import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PathTemplate, parseTemplate } from '../../src/channels/api/contract/template.ts';
import { type Branch, createBranch, grow, MAX_SEGMENTS, search } from '../../src/channels/api/contract/trie.ts';
import { slashesOf } from './fakes.ts';

/** A trie of templates which counts how often one of its nodes is asked for the next segment. */
function countedTrie(paths: readonly string[]) {
  const root = createBranch<string>();
  for (const path of paths) grow(root, parseTemplate(path, slashesOf) as PathTemplate).leaf = path;
  const seen = { nodes: 0, visits: 0 };
  const waiting: Branch<string>[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const { statics, parameters, behind } = node;
    waiting.push(...statics.values(), ...parameters.map(({ branch }) => branch), ...(behind ? [behind] : []));
    const get = statics.get.bind(statics);
    seen.nodes++;
    statics.get = (text) => {
      seen.visits++;
      return get(text);
    };
  }
  return { root, seen };
}

test('two hundred segments against many open templates look at no node twice', () => {
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  const parameters = (count: number) =>
    numbers
      .slice(0, count)
      .map((i) => `/{x${i}}`)
      .join('');
  const paths = numbers.flatMap((i) => [
    `/a/{o+}${'/a'.repeat(i % 20)}${parameters(i % 7)}/z${i}`,
    `/{p}/{o+}/a${parameters(i % 20)}${'/a'.repeat(i % 7)}`,
  ]);
  const { root, seen } = countedTrie(paths);
  assert.ok(
    search(
      root,
      Array.from({ length: 200 }, () => 'a'),
    ).length > 0,
  );
  assert.ok(seen.visits <= seen.nodes, `${seen.visits} visits, ${seen.nodes} nodes`);
});

test('a path of more segments than are looked at visits nothing', () => {
  const { root, seen } = countedTrie(['/{o+}', '/{o+}/a']);
  assert.deepEqual(
    search(
      root,
      Array.from({ length: MAX_SEGMENTS + 1 }, () => 'a'),
    ),
    [],
  );
  assert.equal(seen.visits, 0);
  assert.equal(
    search(
      root,
      Array.from({ length: MAX_SEGMENTS }, () => 'a'),
    ).length,
    2,
  );
});

test('no path makes a search longer than the templates are', () => {
  const segment = fc.constantFrom('a', 'b', '{p}', 'a{p}', '{p}-{q}', '{o+}');
  const path = fc
    .array(segment, { minLength: 1, maxLength: 6 })
    .filter((parts) => parts.indexOf('{o+}') === parts.lastIndexOf('{o+}'))
    .map((parts) => parts.map((part, i) => `/${part.replace('p', `p${i}`).replace('q', `q${i}`)}`).join(''));
  const raw = fc.array(fc.constantFrom('a', 'b', 'ab', 'a-b', 'a-b-c', '', '..', 'a%2Fb'), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 12 }), raw, (paths, segments) => {
      const { root, seen } = countedTrie(paths);
      search(root, segments);
      assert.ok(seen.visits <= seen.nodes);
    }),
  );
});
