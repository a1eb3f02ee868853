import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkImports, importRules } from '../../tools/rules/imports.ts';
import { blindSpots, inspect, SOURCE_RULES } from '../../tools/rules/source.ts';
import type { SourceRule } from '../../tools/rules/source-rule.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'bad-imports');

test('every import rule finds its offender and the parser sees the modules', async () => {
  const { modules, violations } = checkImports(fixture);
  assert.ok(modules > 15, `${modules} modules`);
  const caught = new Set(violations.map(({ rule }) => rule));
  assert.deepEqual([...caught].sort(), (await importRules()).sort());
});

test('an import rule finds only its own offender', () => {
  const { violations } = checkImports(fixture);
  const files = (rule: string) => violations.filter((violation) => violation.rule === rule).map(({ from }) => from);
  assert.deepEqual(files('protocol-is-pure'), ['src/protocol/dns/reads-files.ts']);
  assert.deepEqual(files('channels-stay-apart'), ['src/channels/mail/imports-api.ts']);
  assert.deepEqual(files('check-shares-nothing-with-the-gate'), ['src/check/imports-channel.ts']);
});

for (const rule of SOURCE_RULES) {
  test(`the source rule ${rule.id} judges its own examples rightly`, () => {
    assert.deepEqual(blindSpots(rule), []);
  });
}

test('an offence is reported with its line, also after a file with other lengths', () => {
  inspect('src/first.ts', '// ünïcode\nconst a = 1;\n');
  const found = inspect('src/core/x.ts', "// ü\n\nconst a = 'é';\nconst t = Date.now();\n");
  assert.deepEqual(found, [{ rule: 'nothing-ambient', file: 'src/core/x.ts', line: 4 }]);
});

test('an exempt place is exempt for its own rule only', () => {
  const text = "import net from 'node:net';\nconst t = Date.now();\n";
  assert.deepEqual(
    inspect('src/core/resolver/dial.ts', text).map(({ rule }) => rule),
    ['nothing-ambient'],
  );
});

test('a rule that has gone blind is noticed', () => {
  const blind: SourceRule = { ...SOURCE_RULES[0]!, offences: () => [] };
  assert.equal(blindSpots(blind).length, blind.bad.length);
});
