import { linesWhere, type SourceRule } from './source-rule.ts';
import { isCallOf } from './syntax.ts';

const MODULES = /^(vm|child_process|cluster|worker_threads|inspector|repl)$/;

export const dynamicCode: SourceRule = {
  id: 'no-dynamic-code',
  statement: 'no text becomes code and no process is started',
  allowed: { 'src/processes/child.ts': 'starts the processes of the gate, from modules of our own' },
  offences: (syntax) => [
    ...syntax.imports.filter(({ module }) => MODULES.test(module)).map(({ line }) => line),
    ...linesWhere(syntax, (node) => isCallOf(node, 'eval') || isCallOf(node, 'Function')),
  ],
  bad: ["eval('1');", "new Function('return 1');", "import { exec } from 'node:child_process';"],
  good: ['const f = () => 1;', 'type F = Function;'],
};
