import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { TLS_RULES } from '../../src/check/registry.ts';
import { namePatterns } from './test-names.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/controls.md');

/** Of what this release claims to enforce a part alone. */
const IN_PART = ['GEN-2', 'GEN-4', 'TLS-8', 'LOG-3', 'LOG-6'];

/** What this release claims to enforce. */
const ENFORCED = [
  ...[
    'GEN-3',
    'GEN-5',
    'DNS-2',
    'TLS-1',
    'TLS-2',
    'TLS-5',
    'TLS-6',
    'TLS-7',
    'TLS-9',
    'API-1',
    'API-2',
    'API-3',
    'API-4',
  ],
  ...['AUTHN-4', 'AUTHZ-1', 'AUTHZ-2', 'AUTHZ-4', 'DATA-1', 'DATA-2', 'DATA-3', 'DATA-4', 'DATA-6'],
  ...['LOG-1', 'LOG-4', 'LOG-5'],
];

/** What `sallyport check` proves from outside. */
const VERIFIED: ReadonlyMap<string, string> = new Map([
  ...['TLS-2', 'TLS-5', 'TLS-6', 'TLS-7', 'TLS-9'].map((id) => [id, 'this release'] as const),
  ...['TLS-1', 'TLS-3', 'TLS-8'].map((id) => [id, 'in part'] as const),
]);

/** The rows of the table: id, line, enforce, verify. */
const rows = [...page.matchAll(/^\| \[?([A-Z]+-\d+)(?:\]\([^)]*\))? \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, id = '', , enforce = '', verify = '']) => ({ id, enforce, verify }),
);

/** The part of the page about each control, by id. */
const sections = new Map(
  page
    .split(/^## /m)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const)
    .filter(([title]) => /^[A-Z]+-\d+$/.test(title)),
);

const cited = [...page.matchAll(/^- `(test\/[^`]+)` › (.+)$/gm)].map(([, file = '', name = '']) => ({ file, name }));

test('the controls that are called enforced or verified are those with a section', () => {
  const said = (what: string) => rows.filter(({ enforce }) => enforce === what).map(({ id }) => id);
  assert.deepEqual(said('this release').toSorted(), ENFORCED.toSorted());
  assert.deepEqual(said('in part').toSorted(), IN_PART.toSorted());
  const shown = new Set([...ENFORCED, ...IN_PART, ...VERIFIED.keys()]);
  assert.deepEqual([...sections.keys()].toSorted(), [...shown].toSorted());
  assert.equal(said('open').length + ENFORCED.length + IN_PART.length, rows.length);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  for (const { id, verify } of rows) assert.equal(verify, VERIFIED.get(id) ?? 'open', id);
});

test('a control that is enforced in part says what is missing', () => {
  for (const id of IN_PART) assert.match(sections.get(id) ?? '', /^Not covered yet: /m, id);
});

test('a control that is verified names every rule there is for it, and tests', () => {
  const across = [{ id: 'tls/shared-key', control: 'TLS-8' }];
  const by_policy_alone = /^tls\/(allowed-|client-order|certificate-kind)/;
  for (const [id, level] of VERIFIED) {
    const section = sections.get(id) ?? '';
    const [, said = ''] = /^Verified by: (.*)$/m.exec(section) ?? [];
    const named = [...said.matchAll(/`(tls\/[a-z0-9-]+)`/g)].map(([, rule]) => rule);
    const rules = [...TLS_RULES, ...across].filter(({ control }) => control === id).map(({ id: rule }) => rule);
    assert.deepEqual(named.toSorted(), rules.filter((rule) => !by_policy_alone.test(rule)).toSorted(), id);
    assert.match(section.slice(section.indexOf('Verified by: ')), /^- `test\//m, id);
    if (level === 'in part') assert.match(section, /^Not verified yet: /m, id);
  }
});

test('each enforced control names tests and a command', () => {
  for (const [id, section] of sections) {
    if (![...ENFORCED, ...IN_PART].includes(id)) continue;
    assert.match(section, /^Shown by:$/m, id);
    assert.match(section, /^- `test\//m, id);
    assert.match(section, /^```sh$/m, id);
  }
});

test('every test that the page names exists under that name', () => {
  assert.ok(cited.length > 0);
  const missing = cited.filter(({ file, name }) => !isTest(file, name)).map(({ file, name }) => `${file} › ${name}`);
  assert.deepEqual(missing, []);
});

test('every code of the page is a code, every setting in it is one', () => {
  const codes = read('docs/errors.md');
  for (const [code] of page.matchAll(/\b(?:ADMIT|AUTHN|MATCH|LIMIT|AUTHZ|VALIDATE|FORWARD|FILTER)_[A-Z_]+\b/g)) {
    assert.ok(codes.includes(`\`${code}\``), code);
  }
  for (const [, path] of page.matchAll(/`((?:core|channels|protocol)\/[a-z0-9/.-]+)`/g)) {
    assert.ok(existsSync(join(root, 'src', String(path))), String(path));
  }
});

/** Where names are put together from more than one table. */
const JOINTS = /: | as /;

/** A name with parts from a table counts when those parts stand in the file or beside it, so that a rename shows. */
function isTest(file: string, name: string): boolean {
  if (!existsSync(join(root, file))) return false;
  const around = globSync(`${dirname(file)}/**/*.ts`, { cwd: root }).map((path) => read(path).replaceAll('\\', ''));
  return namePatterns(read(file)).some((pattern) => {
    const parts = pattern.exec(name)?.slice(1);
    const fragments = parts?.flatMap((part) => part.split(JOINTS)).filter((fragment) => fragment.includes(' '));
    return fragments?.every((fragment) => around.some((text) => text.includes(fragment))) ?? false;
  });
}
