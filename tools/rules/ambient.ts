import { linesWhere, type SourceRule } from './source-rule.ts';
import { isCallOf, isMember, type Node } from './syntax.ts';

const AMBIENT: readonly (readonly [string, string])[] = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['performance', 'now'],
  ['process', 'env'],
  ['process', 'hrtime'],
  ['process', 'exit'],
  ['process', 'argv'],
];

function isNowDate(node: Node): boolean {
  return isCallOf(node, 'Date') && ((node['arguments'] ?? []) as readonly unknown[]).length === 0;
}

export const ambient: SourceRule = {
  id: 'nothing-ambient',
  statement: 'time, randomness and the environment come in as arguments',
  allowed: {
    'src/main.ts': 'wires the real ones',
    'src/processes/worker-main.ts': 'wires the real ones in a process of its own',
    'src/processes/recorder-main.ts': 'wires the real ones in a process of its own',
    'src/processes/signer-main.ts': 'wires the real ones in a process of its own',
    'src/cli/': 'reads arguments and environment for people',
  },
  offences: (syntax) => [
    ...syntax.imports.filter(({ module }) => module === 'process').map(({ line }) => line),
    ...linesWhere(syntax, (node) => isNowDate(node) || AMBIENT.some(([object, name]) => isMember(node, object, name))),
  ],
  bad: [
    'const t = Date.now();',
    'const r = Math.random();',
    'const e = process.env;',
    "const h = process.env['HOME'];",
    'const d = new Date();',
    'const clock = Date.now;',
    'const p = performance.now();',
    "import { env } from 'node:process';",
  ],
  good: ['const d = new Date(now_ms);', 'const t = clock.now();', 'const p = process.platform;'],
};
