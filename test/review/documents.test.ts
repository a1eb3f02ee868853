import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LINT_RULES } from '../../src/channels/api/review/lint/rules.ts';

test('docs/reviewing.md says of every rule what the rule says of itself, and names no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reviewing.md'), 'utf8');
  const lines = page.split('\n').filter((line) => /^\| `[a-z-]+` \|/.test(line));
  const expected = LINT_RULES.map(
    ({ id, severity, controls, title, why, fix }) =>
      `| \`${id}\` | ${severity} | ${controls.join(', ')} | ${title}. ${why} | ${fix} |`,
  );
  assert.deepEqual(lines, expected);
});
