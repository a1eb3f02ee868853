import { parseTarget, type Target } from './target.ts';

/** More than anybody checks in one run; what a file of 1 MiB may hold is more. */
export const MAX_TARGETS = 10_000;

export interface TargetList {
  /** In the order written, each once. */
  readonly targets: readonly Target[];
  /** Lines that hold no target, from 1. */
  readonly bad_lines: readonly number[];
}

/** One target a line; empty lines and what follows a `#` are left out. */
export function parseTargetList(text: string, file: string): TargetList {
  const targets = new Map<string, Target>();
  const bad_lines: number[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.replace(/#.*/, '').trim();
    if (line === '') continue;
    const target = parseTarget(line, { file, line: index + 1 });
    if (target === null) bad_lines.push(index + 1);
    else if (!targets.has(line)) targets.set(line, target);
  }
  return { targets: [...targets.values()], bad_lines };
}
