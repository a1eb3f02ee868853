/** docs/operations.md against the code: what a gate says to its operator stands there with what to do about it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');

const table = page.slice(page.indexOf('\n## Notices\n'), page.indexOf('\n## Back up\n'));
const documented = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, line]) => String(line));

/** The texts that the source gives to `onNotice`, as the words between their values. */
function noticesOf(source: string): string[][] {
  const calls = source.matchAll(/onNotice\(\s*(?:`([^`]*)`|'([^']*)')/g);
  return [...calls].map(([, template, text]) =>
    String(template ?? text)
      .replaceAll(/\\n[\s\S]*$/g, '')
      .split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/)
      .filter((words) => words.trim() !== ''),
  );
}

const notices = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
  noticesOf(readFileSync(join(root, file), 'utf8')),
);

/** Whether the line has these words in this order, or ends before them where its dots leave the rest open. */
function describes(line: string, words: readonly string[]): boolean {
  const parts = line.split('…').filter((part) => part.trim() !== '');
  const said = words.join('…');
  let from = 0;
  return parts.every((part) => {
    const at = said.indexOf(part.trim(), from);
    from = at + part.trim().length;
    return at >= 0;
  });
}

test('every notice of the source has its row', () => {
  assert.ok(notices.length >= 8, 'the search for notices finds them');
  const missing = notices.filter((words) => !documented.some((line) => describes(line.replace('10 s', ''), words)));
  assert.deepEqual(missing, []);
});

test('every row says what to do', () => {
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  assert.equal(rows.length, documented.length);
  for (const row of rows) {
    const cells = row.split(' | ');
    assert.equal(cells.length, 3, row);
    assert.ok(String(cells[2]).replace(/\|$/, '').trim().length > 2, row);
  }
});

test('every exit code of a gate has its row', () => {
  const exits = readFileSync(join(root, 'src', 'cli', 'exit-codes.ts'), 'utf8');
  for (const name of ['GOOD', 'USAGE', 'UNFINISHED']) {
    const [, code] = new RegExp(`${name}: (\\d)`).exec(exits) ?? assert.fail(name);
    assert.match(page, new RegExp(`^\\| ${code} \\|`, 'm'), name);
  }
});
