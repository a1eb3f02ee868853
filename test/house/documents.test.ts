import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CODES } from '../../src/core/errors/codes.ts';
import { FAULTS } from '../../src/core/errors/faults.ts';
import { ISSUE_CODES } from '../../src/core/errors/issue-codes.ts';
import { renderErrors } from '../../tools/errors.ts';
import { missingOptionals, platformEntry } from '../../tools/lock.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;

test('docs/errors.md is what the code unions say', () => {
  assert.equal(read('docs/errors.md'), renderErrors(), 'stale: run npm run docs');
});

test('every code is described, and nothing else is', () => {
  const described = [...read('docs/errors.md').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1]).sort();
  assert.deepEqual(described, [CODES, FAULTS, ISSUE_CODES].flatMap((union) => Object.keys(union)).sort());
});

test('every dependency has its line in docs/dependencies.md at its version, pinned exactly', () => {
  const page = read('docs/dependencies.md');
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`);
    assert.ok(page.includes(`| \`${name}\` | ${version} |`), `${name} ${version}`);
  }
  const named = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => String(match[1]));
  const runtime = JSON.parse(read('tools/runtime/package.json')) as { optionalDependencies: Record<string, string> };
  const known = { ...manifest.dependencies, ...manifest.devDependencies, ...runtime.optionalDependencies };
  assert.deepEqual(
    named.filter((name) => !(name in known)),
    [],
  );
});

test('lock files name no registry', () => {
  const folders = ['.', 'tools/runtime', 'tools/specs', 'test/check/legacy'];
  for (const file of folders.map((folder) => join(folder, 'package-lock.json'))) {
    assert.doesNotMatch(read(file), /"resolved"/, file);
  }
});

test('the lock files hold the optional packages of every platform', () => {
  for (const file of ['package-lock.json', 'tools/runtime/package-lock.json']) {
    const lock = JSON.parse(read(file)) as Parameters<typeof missingOptionals>[0];
    assert.deepEqual(missingOptionals(lock), [], `${file}: run npm run lock`);
  }
});

test('a platform package is entered with the platform its name says', () => {
  const entry = platformEntry({ name: '@swc/core-linux-arm64-musl', version: '1.2.3', dev: true });
  assert.deepEqual(entry, {
    version: '1.2.3',
    cpu: ['arm64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  assert.equal(platformEntry({ name: 'fsevents', version: '1.0.0', dev: true }), null);
});

test('every relative link of the documentation leads somewhere', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md'], { cwd: root });
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => String(match[1]))
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('every anchor of a link is a heading of its page', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md'], { cwd: root });
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)]
      .filter(([, target, anchor]) => {
        const file = target ? join(dirname(page), target) : page;
        return file.endsWith('.md') && !anchorsOf(read(file)).has(String(anchor));
      })
      .map(([link]) => `${page} → ${link}`),
  );
  assert.deepEqual(broken, []);
});

test('every npm script that is named exists', () => {
  for (const file of ['.ci/run', 'CONTRIBUTING.md', 'ARCHITECTURE.md']) {
    for (const [, name] of read(file).matchAll(/npm run ([a-z:]+)/g)) {
      assert.ok(name !== undefined && name in manifest.scripts, `${file}: npm run ${name}`);
    }
  }
});

test('the CI script is valid bash', () => {
  execFileSync('bash', ['-n', join(root, '.ci', 'run')]);
});

/** Headings as links name them: lower case, blanks as hyphens, without other signs. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => String(heading));
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
