/** `npm run rules`: the import table and the source invariants, each proven able to find an offender first. */
import { join } from 'node:path';
import { checkImports, importRules } from './rules/imports.ts';
import { blindSpots, checkSource, deadExemptions, SOURCE_RULES } from './rules/source.ts';

const root = join(import.meta.dirname, '..');
const problems: string[] = [];

const fixture = checkImports(join(root, 'test', 'fixtures', 'bad-imports'));
const caught = new Set(fixture.violations.map((violation) => violation.rule));
for (const rule of await importRules()) {
  if (!caught.has(rule)) problems.push(`import rule ${rule} does not find its offender in test/fixtures/bad-imports`);
}

const imports = checkImports(root);
if (imports.modules === 0) problems.push('the import rules saw no module at all');
for (const { rule, from, to } of imports.violations) problems.push(`${from}: ${rule}: may not import ${to}`);

for (const rule of SOURCE_RULES) problems.push(...blindSpots(rule), ...deadExemptions(root, rule));
const source = checkSource(root);
for (const { rule, file, line } of source.offences) {
  const statement = SOURCE_RULES.find(({ id }) => id === rule)?.statement;
  problems.push(`${file}:${line}: ${rule}: ${statement}`);
}

for (const problem of problems) console.error(problem);
console.log(
  `${imports.modules} modules, ${caught.size} import rules; ${source.files} files, ${SOURCE_RULES.length} source rules: ` +
    (problems.length === 0 ? 'all hold' : `${problems.length} problems`),
);
process.exitCode = problems.length === 0 ? 0 : 1;
