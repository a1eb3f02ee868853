/** Runs dependency-cruiser over a tree that holds `src/`. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const BIN = realpathSync(join(root, 'node_modules', '.bin', 'depcruise'));
const CONFIG = join(root, '.dependency-cruiser.cjs');

export interface ImportReport {
  /** How many modules were seen; 0 means the parser saw nothing. */
  readonly modules: number;
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[];
}

interface CruiseResult {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

/** What the import rules say about `folder`/src. */
export function checkImports(folder: string): ImportReport {
  const args = [BIN, 'src', '--config', CONFIG, '--output-type', 'json', '--no-cache'];
  // The JSON form exits with 0 whatever it finds.
  const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const { modules, summary } = JSON.parse(output) as CruiseResult;
  return {
    modules: modules.filter((module) => module.source.startsWith('src/')).length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

/** The names of all import rules. */
export async function importRules(): Promise<string[]> {
  const config = (await import(CONFIG)) as { default: { forbidden: readonly { name: string }[] } };
  return config.default.forbidden.map((rule) => rule.name);
}
