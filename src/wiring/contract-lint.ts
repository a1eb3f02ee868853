import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Document } from 'yaml';
import { type LintReport, lintDocument } from '../channels/api/review/lint/lint.ts';
import { mendOverlay } from '../channels/api/review/lint/mend-overlay.ts';
import type { LintRule } from '../channels/api/review/lint/rule.ts';
import { LINT_RULES } from '../channels/api/review/lint/rules.ts';
import type { Actions, CommonOptions } from '../cli/actions.ts';
import type { LintedView, LintFindingView, LintRuleView, LintView } from '../cli/contract-actions.ts';
import { loadConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';
import { apiDocument, type NamedDocument, namedDocument, unknownName } from './contract-source.ts';

/** Judges descriptions by the rules, and writes the overlay that was asked for. */
export const lintContracts: Actions['contractLint'] = async ({ target, rules: ids, max, overlay, ...options }) => {
  const rules = rulesNamed(ids);
  const named = target === null ? await everyApi(options) : [await namedDocument(options, target)];
  const linted = named.map((one) => ({ ...one, report: lintDocument(one.document.root, rules) }));
  const written = overlay === null ? null : writeOverlay(linted, resolve(options.io.cwd, overlay), overlay);
  return { contracts: linted.map((one) => lintedView(one, max)), overlay: written };
};

async function everyApi({ config }: CommonOptions): Promise<NamedDocument[]> {
  return (await loadConfig(config)).apis.map(apiDocument);
}

function rulesNamed(ids: readonly string[]): readonly LintRule[] {
  if (ids.length === 0) return LINT_RULES;
  const known = LINT_RULES.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new LoadError(unknown.map((id) => unknownName('rule', id, known)));
  return LINT_RULES.filter(({ id }) => ids.includes(id));
}

interface Linted extends NamedDocument {
  readonly report: LintReport;
}

function lintedView({ api, file, document, report }: Linted, max: number | null): LintedView {
  const shown = new Map<string, number>();
  const findings = report.findings.filter(({ rule }) => {
    const count = (shown.get(rule.id) ?? 0) + 1;
    shown.set(rule.id, count);
    return max === null || count <= max;
  });
  const places = document.locate(findings.map(({ pointer }) => pointer));
  return {
    api,
    file,
    score: report.score,
    rules: report.rules.map(({ rule, judged, found, grade }) => ({ ...ruleView(rule), judged, found, grade })),
    findings: findings.map(({ rule, message, pointer, mend }, index): LintFindingView => {
      const { id, severity } = rule;
      return { rule: id, severity, message, ...places[index]!, pointer, mendable: mend !== null };
    }),
  };
}

function ruleView({ id, severity, controls, title, why, fix }: LintRule): LintRuleView {
  return { id, severity, controls, title, why, fix };
}

/** Never over a file that is there: somebody may have worked on it. */
function writeOverlay(linted: readonly Linted[], path: string, file: string): LintView['overlay'] {
  const [only, ...others] = linted;
  if (!only || others.length > 0) {
    throw new LoadError([
      { code: 'CONFIG_VALUE', message: 'an overlay is for one contract', suggestion: 'Name the API or the file' },
    ]);
  }
  const mends = mendOverlay(`What lint can mend in ${only.file}`, only.document.root, only.report.findings);
  if (mends === null) return null;
  const text = /\.json$/i.test(path)
    ? `${JSON.stringify(mends, null, 2)}\n`
    : new Document(mends, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault =
      code === 'EEXIST'
        ? { message: 'the file is there already', suggestion: 'Name another file, or move this one away' }
        : { message: `cannot be written (${code ?? 'unknown error'})` };
    throw new LoadError([{ code: 'CONFIG_FILE', file, ...fault }]);
  }
  return { file, actions: mends.actions.length };
}
