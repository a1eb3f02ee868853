/** ARCHITECTURE.md against the tree: its map names what is there, and everything that is there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

/** Paths that the map names, folders with a final slash. Two blanks are one step down. */
function mapped(): string[] {
  const map = /## Map\n\n```\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const above: string[] = [];
  return map.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^( *)(\S.*?)(?: {3,}.*)?$/.exec(line) ?? [];
    const depth = indent.length / 2;
    return names
      .split('  ')
      .filter(Boolean)
      .map((name) => {
        above.length = depth;
        above[depth] = name;
        return above.join('');
      });
  });
}

const folders = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${path}${name}/`);

test('everything on the map is there', () => {
  const paths = mapped();
  assert.ok(paths.length > 30);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

test('every folder of the source down to those of a channel is on the map', () => {
  const paths = new Set(mapped());
  const there = ['src/', 'src/protocol/', 'src/core/', 'src/channels/api/'].flatMap(folders);
  const missing = there.filter((path) => ![...paths].some((named) => named.startsWith(path)));
  assert.deepEqual(missing, []);
});

test('every folder that the steps of an exchange name is there', () => {
  const steps = page.slice(page.indexOf('## The way of an exchange'), page.indexOf('## Map'));
  const named = [...steps.matchAll(/`((?:core|channels|protocol|wiring)\/[a-z0-9/.-]+)`/g)].map(([, path]) =>
    String(path),
  );
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((path) => !existsSync(join(root, 'src', path))),
    [],
  );
});
