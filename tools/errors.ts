/** Renders docs/errors.md from the closed unions in src/core/errors. */
import { CODES, PROBLEMS, type ProblemType, type RefusalCode, STEPS, type StepName } from '../src/core/errors/codes.ts';
import { FAULTS } from '../src/core/errors/faults.ts';
import { ISSUE_CODES } from '../src/core/errors/issue-codes.ts';

const INTRODUCTION = `# Codes

<!-- Generated from src/core/errors by \`npm run docs\`. Do not edit. -->

A **refusal code** says how an exchange ended, and stands in its record. A **problem** is what the caller is told
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): many codes share one, so that a stranger who probes learns
nothing from the difference. A **fault** stops a load: the running plan stays in force.

Find the record behind a problem by its \`instance\`: the same id stands in the field \`Sallyport-Exchange\` of every answer
and as \`metadata.correlation_uid\` in [the record](audit.md), whose \`status_code\` is one of those listed here. What a
caller should do about each problem is in [partners.md](partners.md).
`;

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function wire(problem: ProblemType | null): readonly [string, string] {
  return problem === null ? ['none', 'the connection is closed'] : [String(PROBLEMS[problem].status), `\`${problem}\``];
}

function stepSection(step: StepName): string {
  const codes = (Object.keys(CODES) as RefusalCode[]).filter((code) => CODES[code].step === step);
  const rows = codes.map((code) => [`\`${code}\``, ...wire(CODES[code].problem), CODES[code].meaning]);
  return `### ${step}\n\n${table(['code', 'status', 'problem', 'meaning'], rows)}\n`;
}

function problemSection(): string {
  const rows = Object.entries(PROBLEMS).map(([type, { status, title }]) => {
    return [`\`urn:sallyport:problem:${type}\``, String(status), title];
  });
  return `## Problems\n\nThe \`type\` of an \`application/problem+json\` answer.\n\n${table(['type', 'status', 'title'], rows)}\n`;
}

function faultSection(): string {
  const rows = Object.entries(FAULTS).map(([code, meaning]) => [`\`${code}\``, meaning]);
  const intro = 'All faults of a load are shown at once, each with file, line, column and key path. Exit code 2.';
  return `## Faults\n\n${intro}\n\n${table(['code', 'meaning'], rows)}\n`;
}

function issueSection(): string {
  const rows = Object.entries(ISSUE_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  const intro =
    'Why `sallyport certificate issue` was refused a certificate: the `code` of the event `certificate_refused`. Exit code 1;\n' +
    '3 for `ISSUE_BUSY`, `ISSUE_SIGNER_DOWN`, `ISSUE_UNRECORDED` and `ISSUE_DEFECT`, which may be asked again.';
  return `## Certificates\n\n${intro}\n\n${table(['code', 'meaning'], rows)}\n`;
}

/** The whole page. */
export function renderErrors(): string {
  return [
    INTRODUCTION,
    '## Refusal codes\n',
    ...STEPS.map(stepSection),
    problemSection(),
    faultSection(),
    issueSection(),
  ].join('\n');
}
