import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepFile, readKept } from '../../src/wiring/kept-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'kept-'));
after(() => rmSync(folder, { recursive: true }));

/** Something that counts, kept at this path. */
function counter(path: string) {
  let count = 0;
  let changed = false;
  const notices: string[] = [];
  const source = {
    path,
    changed: () => changed,
    text: () => {
      changed = false;
      return `${count}`;
    },
    what: 'the count',
  };
  const add = () => {
    count++;
    changed = true;
  };
  return { add, notices, keeper: keepFile(source, (line) => notices.push(line)) };
}

test('what was learned is stored at the end, readable for its owner alone', async () => {
  const path = join(folder, 'count');
  const { add, keeper, notices } = counter(path);
  add();
  await keeper.close();
  assert.equal(readFileSync(path, 'utf8'), '1');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(existsSync(`${path}.new`), false);
  assert.deepEqual(notices, []);
});

test('where nothing was learned nothing is written', async () => {
  const path = join(folder, 'unchanged');
  await counter(path).keeper.close();
  assert.equal(existsSync(path), false);
});

test('what could not be stored is told once, and stored as soon as it can be, without anything new', async () => {
  const inner = join(folder, 'later');
  const { add, keeper, notices } = counter(join(inner, 'count'));
  add();
  await keeper.close();
  await keeper.close();
  assert.deepEqual(notices, ['the count cannot be stored (ENOENT); exchanges go on']);
  mkdirSync(inner);
  await keeper.close();
  assert.equal(readFileSync(join(inner, 'count'), 'utf8'), '1');
});

test('no file, a file that is too large and one that is none are told apart', () => {
  const path = join(folder, 'large');
  writeFileSync(path, '12345');
  assert.equal(readKept(join(folder, 'none'), 9), null);
  assert.deepEqual(readKept(path, 5), { text: '12345' });
  assert.equal(readKept(path, 4), 'damaged');
  assert.equal(readKept(folder, 1_000_000), 'damaged');
});
