/**
 * The JSON Schema Test Suite (https://github.com/json-schema-org/JSON-Schema-Test-Suite), as Debian packages it in
 * libtest-json-schema-acceptance-perl.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = '/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance';
/** The state of the suite that the expectations were written for. */
const COMMIT = '47958f82d0ca44b82f3fb32744a0fb5aead191a6';
/** Where the suite says its remotes are. Nothing listens there. */
const REMOTES = 'http://localhost:1234/';

export type Draft = 'draft2020-12' | 'draft4';

export interface Group {
  /** Within the draft's folder. */
  readonly file: string;
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly Test[];
}

export interface Test {
  readonly description: string;
  /** The instance as JSON, its numbers written as in the suite. */
  readonly text: string;
  readonly valid: boolean;
}

/** For the `skip` option of a test. @throws Error where SALLYPORT_TOOLS is `required` */
export function missingSuite(): string | false {
  const found = existsSync(ROOT) && readFileSync(join(ROOT, 'submodule_status'), 'utf8').startsWith(COMMIT);
  if (found) return false;
  const reason = `not installed: libtest-json-schema-acceptance-perl with the suite at ${COMMIT.slice(0, 7)}`;
  if (process.env['SALLYPORT_TOOLS'] === 'required') throw new Error(reason);
  return reason;
}

/** Everything that is required of a draft, then what is optional in it. */
export function readGroups(draft: Draft): readonly Group[] {
  const folder = join(ROOT, 'tests', draft);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const required = files.filter((file) => !file.startsWith('optional')).sort();
  const optional = files.filter((file) => file.startsWith('optional')).sort();
  return [...required, ...optional].flatMap((file) => groupsOf(file, readFileSync(join(folder, file), 'utf8')));
}

interface Written {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

function groupsOf(file: string, text: string): readonly Group[] {
  const groups = JSON.parse(text) as Written[];
  const exact = parseExactly(text) as Written[];
  return groups.map(({ description, schema, tests }, at) => ({
    file,
    description,
    schema,
    tests: tests.map((test, index) => ({
      description: test.description,
      text: JSON.stringify(exact[at]?.tests[index]?.data),
      valid: test.valid,
    })),
  }));
}

/** What the library's types do not have yet: the text of a number, and numbers that are written as they are. */
interface ExactJson {
  parse(
    text: string,
    revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}

/** Values whose numbers `JSON.stringify` writes as they stand in the text. */
function parseExactly(text: string): unknown {
  const exact = JSON as unknown as ExactJson;
  return exact.parse(text, (_, value, { source }) => (typeof value === 'number' ? exact.rawJSON(source ?? '') : value));
}

type SchemaObject = Readonly<Record<string, unknown>>;

/**
 * A schema together with what the suite keeps elsewhere, its remotes and the metaschema, as one compound document
 * (2020-12 core 9.3): the way to use other documents where nothing is fetched.
 */
export function bundled(schema: SchemaObject): SchemaObject {
  return { ...schema, $defs: { ...(schema['$defs'] as SchemaObject | undefined), ...elsewhere() } };
}

let remotes: SchemaObject | undefined;

function elsewhere(): SchemaObject {
  remotes ??= Object.fromEntries([...remoteSchemas(), ...metaSchemas()].map(([uri, each]) => [uri, at(uri, each)]));
  return remotes;
}

/** A resource of that URI: the schema itself, or one that leads to it where it has another `$id`. */
function at(uri: string, schema: SchemaObject): SchemaObject {
  const own = typeof schema['$id'] === 'string' ? new URL(schema['$id'], uri).href : uri;
  return own === uri ? { ...schema, $id: uri } : { $id: uri, $ref: own, $defs: { self: schema } };
}

function remoteSchemas(): [string, SchemaObject][] {
  const folder = join(ROOT, 'remotes');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && (file.startsWith('draft2020-12') || !file.startsWith('draft')))
    .map((file) => [REMOTES + file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as SchemaObject]);
}

const META = [
  'schema',
  ...['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'].map(
    (name) => `meta/${name}`,
  ),
];

function metaSchemas(): [string, SchemaObject][] {
  const require = createRequire(import.meta.url);
  return META.map((name) => {
    const path = require.resolve(`ajv/dist/refs/json-schema-2020-12/${name}.json`);
    return [`https://json-schema.org/draft/2020-12/${name}`, JSON.parse(readFileSync(path, 'utf8')) as SchemaObject];
  });
}
