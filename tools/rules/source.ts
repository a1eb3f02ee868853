/** Runs the source rules: first over their own examples, then over a tree. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ambient } from './ambient.ts';
import { dynamicCode } from './dynamic-code.ts';
import { network } from './network.ts';
import { size } from './size.ts';
import type { SourceRule } from './source-rule.ts';
import { parse } from './syntax.ts';
import { verification } from './verification.ts';

export const SOURCE_RULES: readonly SourceRule[] = [network, ambient, dynamicCode, verification, size];

export interface Offence {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** What one file breaks. `file` is its path below the root, with slashes. */
export function inspect(file: string, text: string, rules: readonly SourceRule[] = SOURCE_RULES): Offence[] {
  const syntax = parse(text);
  return rules.flatMap((rule) => {
    if (Object.keys(rule.allowed).some((prefix) => file.startsWith(prefix))) return [];
    return rule.offences(syntax, text).map((line) => ({ rule: rule.id, file, line }));
  });
}

/** Examples the rule judges wrongly: empty when it works. */
export function blindSpots(rule: SourceRule): string[] {
  const found = (text: string) => inspect('src/example.ts', text, [rule]).length > 0;
  return [
    ...rule.bad.filter((text) => !found(text)).map((text) => `${rule.id} misses: ${text.slice(0, 60)}`),
    ...rule.good.filter(found).map((text) => `${rule.id} wrongly finds: ${text.slice(0, 60)}`),
  ];
}

/** Exemptions for places that no longer exist. */
export function deadExemptions(folder: string, rule: SourceRule): string[] {
  return Object.keys(rule.allowed)
    .filter((prefix) => globSync(prefix.endsWith('/') ? `${prefix}**/*.ts` : prefix, { cwd: folder }).length === 0)
    .map((prefix) => `${rule.id} exempts ${prefix}, which does not exist`);
}

export function checkSource(folder: string): { readonly files: number; readonly offences: readonly Offence[] } {
  const files = globSync('src/**/*.ts', { cwd: folder }).sort();
  const offences = files.flatMap((file) => inspect(file, readFileSync(join(folder, file), 'utf8')));
  return { files: files.length, offences };
}
