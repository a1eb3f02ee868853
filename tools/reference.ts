/** What `npm run docs` makes from schemas: docs/configuration.md, the JSON Schemas for editors, and that of a report. */
import { checkReportSchema } from '../src/check/report/json-schema.ts';
import { type JsonSchema, jsonSchema, SCHEMA_FILES, type SchemaName } from '../src/config/json-schema.ts';

/** Generated files by path relative to the project's root. */
export function generatedFiles(): Record<string, string> {
  const schemas = Object.entries(SCHEMA_FILES).map(([name, file]) => [
    `schema/${file}`,
    `${JSON.stringify(jsonSchema(name as SchemaName), null, 2)}\n`,
  ]);
  return {
    'docs/configuration.md': referencePage(),
    ...Object.fromEntries(schemas),
    'schema/check-report-1.schema.json': `${JSON.stringify(checkReportSchema(), null, 2)}\n`,
  };
}

const INTRODUCTION = `# Configuration reference

<!-- Generated from the configuration schema by \`npm run docs\`. Do not edit. -->

A project is a folder with \`sallyport.yaml\`, party files, policy files and contracts. \`sallyport init\` makes one,
\`sallyport validate\` says what is wrong with one: every fault of a load at once, each with file, line, column and
key path.

- The files are strict YAML 1.2: unknown keys, keys that stand twice, tags, merge keys and directives are refused.
- Quantities carry their unit; a bare number is a count. A duration is a whole number with \`ms\`, \`s\`, \`m\`, \`h\`
  or \`d\`; a size one with \`B\`, \`KiB\`, \`MiB\`, \`GiB\`, \`kB\`, \`MB\` or \`GB\`; a rate is \`100/1m\` (\`20/s\` is
  short for \`20/1s\`), a byte rate \`64MiB/s\`. Windows of rates are between 1s and 1d.
- A name is lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters long.
- Relative paths start at the folder of \`sallyport.yaml\`. Globs stay inside that folder, symbolic links included;
  \`*\` and \`?\` stand for characters of one path segment.
- Secrets are never written here, only referred to: \`file:PATH\`, a file that only its owner can read.
- No file that is read here may be writable by everybody on the host, nor the folder it stands in: \`CONFIG_FILE_MODE\`.
  The sticky bit does for the folder of a file that is named, not for one where a glob looks. Write files elsewhere and
  rename them into place: a reload reads what is there, and half a policy file may be a whole one with less in it.
- No key turns a verification off.

For completion and checks in an editor, begin a file with
\`# yaml-language-server: $schema=PATH\`; \`sallyport schema\` and \`sallyport schema party\` print the schemas.
\`<name>\` stands for a name you choose and \`[]\` for each item of a list.
`;

function referencePage(): string {
  return [
    INTRODUCTION,
    '## sallyport.yaml\n',
    table(jsonSchema('gate')),
    '## parties/*.yaml\n',
    'One file for each party. `groups` of a party hold for each of its machines.\n',
    table(jsonSchema('party')),
  ].join('\n');
}

function table(schema: JsonSchema): string {
  const lines = ['| key | value | default | meaning |', '|---|---|---|---|', ...rows(schema, '', new Set())];
  return `${lines.join('\n')}\n`;
}

function rows(schema: JsonSchema, path: string, required: ReadonlySet<string>): string[] {
  // A node without words of its own says nothing that its members do not.
  const told = path !== '' && schema.description !== undefined;
  const self = told ? [row(schema, path, required.has(path))] : [];
  const inner = new Set((schema.required ?? []).map((key) => join_key(path, key)));
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    rows(child, join_key(path, key), inner),
  );
  const named =
    typeof schema.additionalProperties === 'object'
      ? rows(schema.additionalProperties, join_key(path, '<name>'), new Set())
      : [];
  const items = schema.items && isNested(schema.items) ? rows(schema.items, `${path}[]`, new Set()) : [];
  return [...self, ...properties, ...named, ...items];
}

function isNested(schema: JsonSchema): boolean {
  return schema.properties !== undefined || schema.additionalProperties !== undefined;
}

function join_key(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function row(schema: JsonSchema, path: string, required: boolean): string {
  const example = schema.examples?.[0] ?? schema.items?.examples?.[0];
  const meaning = [schema.description, example === undefined ? '' : `For example \`${String(example)}\`.`];
  const cells = [`\`${path}\``, kind(schema), fallback(schema, required), meaning.filter(Boolean).join(' ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function kind(schema: JsonSchema): string {
  if (schema['x-kind']) return schema['x-kind'];
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((choice) => `\`${String(choice)}\``).join(' or ');
  if (schema.anyOf) return schema.anyOf.map(kind).join(' or ');
  if (schema.type === 'array') {
    const items = schema.items ? kind(schema.items) : 'value';
    return `list of ${items}${schema.minItems ? ', at least one' : ''}`;
  }
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'boolean') return '`true` or `false`';
  return `whole number, ${schema.minimum} to ${schema.maximum}`;
}

function fallback(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  const value = schema.default;
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  return `\`${String(value)}\``;
}
