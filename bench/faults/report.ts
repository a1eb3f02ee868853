/** The numbers of a fault as text for a terminal. */
import type { FaultReport } from './frame.ts';
import { PHASES, type PhaseFacts } from './messages.ts';

const WIDTH = 11;
const MIB = 1024 * 1024;

export function faultText(report: FaultReport): string {
  const { title, promise, verdict, reasons, did, honest, record, held, notices } = report;
  const lines = [`\n${title}: ${verdict.toUpperCase()}`, `  promise   ${promise}`];
  for (const reason of reasons) lines.push(`  ${verdict === 'broken' ? 'BROKEN' : 'because'}    ${reason}`);
  lines.push(...list('did', did));
  if (honest !== null) {
    for (const phase of PHASES) lines.push(`  ${phase.padEnd(WIDTH - 1)}${phaseText(honest.phases[phase])}`);
    const recovery = Number.isFinite(honest.recovery_ms) ? ms(honest.recovery_ms) : 'never';
    lines.push(`  back      in ${recovery}; longest time without a success ${ms(honest.longest_gap_ms)}`);
  }
  if (record !== null) lines.push(...list('codes', record.codes), ...list('events', record.events));
  if (record !== null && record.in_doubt > 0) {
    lines.push(`  in doubt  ${record.in_doubt} refused although written: the recorder died before it said so`);
  }
  if (held !== null) {
    const { before, peak, after } = held;
    const size = (one: { memory_bytes: number; descriptors: number }) =>
      `${mib(one.memory_bytes)} ${one.descriptors} fd`;
    lines.push(`  held      before ${size(before)}, at most ${size(peak)}, after ${size(after)}`);
    lines.push(`            ${after.each.join(' · ')}`);
  }
  for (const notice of notices.slice(0, 12)) lines.push(`  told      ${notice}`);
  return `${lines.join('\n')}\n`;
}

function list(name: string, values: Readonly<Record<string, number | string>>): string[] {
  const text = pairs(values);
  return text === '' ? [] : [`  ${name.padEnd(WIDTH - 1)}${text}`];
}

export const pairs = (values: Readonly<Record<string, number | string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

export function phaseText({ calls, failures, p50_ms, p99_ms, max_ms }: PhaseFacts): string {
  const failed = pairs(failures);
  return `${calls} calls, ${failed === '' ? 'none failed' : `failed: ${failed}`}; p50 ${ms(p50_ms)}, p99 ${ms(p99_ms)}, max ${ms(max_ms)}`;
}

export const ms = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

export function summary(reports: readonly FaultReport[]): string {
  const lines = reports.map(({ name, verdict, honest, took_ms }) => {
    const failed =
      honest === null ? 0 : Object.values(honest.phases.during.failures).reduce((sum, count) => sum + count, 0);
    const numbers =
      honest === null
        ? ''
        : `${failed} of ${honest.phases.during.calls} honest calls failed, back in ${ms(honest.recovery_ms)}`;
    return `  ${name.padEnd(20)}${verdict.padEnd(18)}${numbers.padEnd(55)}${ms(took_ms)}`;
  });
  const broken = reports.filter(({ verdict }) => verdict === 'broken').length;
  return `\n${lines.join('\n')}\n\n${reports.length} faults, ${broken} promises broken\n`;
}
