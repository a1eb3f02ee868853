/** Puts the table of a run into docs/faults.md, between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, machineLine } from '../gate/machine.ts';
import type { FaultReport } from './frame.ts';
import { mib, ms, pairs } from './report.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'faults.md');
const BEGIN = '<!-- numbers: npm run faults -- --page -->';
const END = '<!-- end of numbers -->';

export interface Run {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly reports: readonly FaultReport[];
}

export function writePage({ machine, quick, reports }: Run): void {
  const text = readFileSync(PAGE, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`docs/faults.md has no ${BEGIN} before ${END}`);
  const table = `${BEGIN}\n\n${machineLine(machine)}${quick ? '\nSmaller numbers: `--quick`.' : ''}\n\n${tableOf(reports)}\n\n`;
  writeFileSync(PAGE, text.slice(0, begin) + table + text.slice(end));
}

function tableOf(reports: readonly FaultReport[]): string {
  const head = [
    'fault',
    'did',
    'honest calls',
    'failed',
    'p99 before / during / after',
    'back in',
    'on record',
    'memory, descriptors: before / most / after',
    'verdict',
  ];
  const rows = reports.map(({ name, did, honest, record, held, verdict, reasons }) => {
    if (honest === null || held === null || record === null)
      return [name, ...Array<string>(7).fill(''), `${verdict}: ${reasons[0] ?? ''}`];
    const { before, during, after } = honest.phases;
    return [
      name,
      pairs(did),
      String(during.calls),
      pairs(during.failures) || '0',
      [before, during, after].map(({ p99_ms }) => ms(p99_ms)).join(' / '),
      ms(honest.recovery_ms),
      pairs({ ...record.codes, ...otherEvents(record.events) }),
      [held.before, held.peak, held.after].map((one) => `${mib(one.memory_bytes)} ${one.descriptors}`).join(' / '),
      verdict === 'held' ? verdict : `${verdict}: ${reasons.join('; ')}`,
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function otherEvents({ gate_started: _started, gate_stopped: _stopped, ...others }: Readonly<Record<string, number>>) {
  return others;
}
