import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseGateFile, parsePartyFile } from '../../src/config/loaded-file.ts';
import { readYaml } from '../../src/config/yaml.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { GATE, loadProject, makeProject, PARTY } from './project.ts';

const SEED = { numRuns: 150 };

/** A fault without a code, a message or a sane place would be no help. */
function assertFaults(faults: readonly { message: string; line?: number; column?: number }[]): void {
  for (const { message, line = 1, column = 1 } of faults) {
    assert.ok(message.length > 0 && !message.endsWith('.'));
    assert.ok(line >= 1 && column >= 1);
  }
}

test('any text is answered with a value or with faults', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const { value, faults } = parseGateFile('a.yaml', text);
      assert.equal(value === null, faults.length > 0);
      assertFaults(faults);
    }),
    SEED,
  );
});

test('any YAML of plain values is answered with a value or with faults', () => {
  const keys = fc.constantFrom('version', 'gate', 'zones', 'apis', 'limits', 'machines', 'party', 'constructor', 'x');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 1, -1, 1.5, '', '10s', 'partner', '/', 'toString'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const text = stringify(value);
      for (const parse of [parseGateFile, parsePartyFile]) assertFaults(parse('a.yaml', text).faults);
    }),
    SEED,
  );
});

test('a sound file with one piece cut, doubled or replaced never escapes as another error', async (context) => {
  const folder = await makeProject(context);
  const piece = fc.record({
    at: fc.nat(GATE.length),
    length: fc.nat(12),
    text: fc.oneof(
      fc.constantFrom('', '\n', '  ', '- ', ': ', '{', ']', '&a ', '*a', '!!map ', '"', '\t', '\0', '🜁'),
      fc.string({ maxLength: 8 }),
    ),
    party: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(piece, async ({ at, length, text, party }) => {
      const change = (whole: string) => whole.slice(0, at) + text + whole.slice(at + length);
      await writeFile(join(folder, 'sallyport.yaml'), party ? GATE : change(GATE));
      await writeFile(join(folder, 'parties/acme.yaml'), party ? change(PARTY) : PARTY);
      const outcome = await loadProject(folder).catch((error: unknown) => error);
      if (outcome instanceof Error) assert.ok(outcome instanceof LoadError, String(outcome.stack));
      if (outcome instanceof LoadError) assertFaults(outcome.faults);
    }),
    { numRuns: 250 },
  );
});

test('deep nesting, many aliases and many values end in one fault', () => {
  const messages = (text: string) => readYaml('a.yaml', text).faults.map(({ message }) => message);
  assert.equal(messages('['.repeat(20_000))[0], 'the file is nested too deeply');
  assert.deepEqual(messages(`${'{a: '.repeat(500)}1${'}'.repeat(500)}`), ['the file is nested too deeply']);
  assert.deepEqual(messages(`a: &a 1\nb: [${'*a, '.repeat(40)}]`), ['the file uses more than 32 aliases']);
  const bomb = `a: &a [${'1, '.repeat(30_000)}]\nb: [*a, *a, *a, *a, *a, *a]`;
  assert.deepEqual(messages(bomb), ['the file holds too many values']);
});
