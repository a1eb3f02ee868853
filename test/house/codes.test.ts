import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CODES, FAULTS, ISSUE_CODES } from '../../src/core/errors/index.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'src');

/** All source but the unions themselves. */
function sourceText(): string {
  const files = globSync('**/*.ts', { cwd: SOURCE }).filter(
    (file) => !/core\/errors\/(codes|faults|issue-codes)\.ts$/.test(file),
  );
  assert.ok(files.length > 100);
  return files.map((file) => readFileSync(join(SOURCE, file), 'utf8')).join('\n');
}

test('every code of an exchange, a load or a certificate is one that some part of the gate gives', () => {
  const text = sourceText();
  const unused = [CODES, FAULTS, ISSUE_CODES]
    .flatMap((union) => Object.keys(union))
    .filter((code) => !new RegExp(`'${code}'`).test(text));
  assert.deepEqual(unused, []);
});
