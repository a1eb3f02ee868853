/** A running gate from second to second: a screen that is drawn anew, or a line each time. */
import { shownBytes, shownMilliseconds, shownRate, shownShare } from './quantities.ts';
import type { Paint } from './terminal.ts';
import type { StatusView } from './watch-actions.ts';

const MOST_OPERATIONS = 12;
const MOST_CODES = 8;
const NAME_WIDTH = 32;
const FIGURE_WIDTH = 11;

/** Where a table ends that has more rows. */
function more(all: number, shown: number): string[] {
  return all > shown ? [`  and ${all - shown} more`] : [];
}

/** Lines of a screen, without line feeds. */
export function topScreen({ status, rates }: StatusView, paint: Paint): string[] {
  const state = status.readiness.ready ? paint('green', 'ready') : paint('red', 'not ready');
  const time = new Date(status.now_ms).toISOString().slice(11, 19);
  const connections = status.zones.reduce((sum, zone) => sum + zone.connections, 0);
  const operations = rates.operations.slice(0, MOST_OPERATIONS);
  const codes = rates.codes.slice(0, MOST_CODES);
  return [
    `${paint('bold', status.gate)} is ${state}  ${paint('dim', `${time} UTC`)}`,
    ...status.readiness.reasons.map(({ message }) => `  ${paint('red', message)}`),
    '',
    `${shownRate(rates.allowed_per_s)} allowed, ${shownRate(rates.refused_per_s)} refused, ${connections} connections`,
    `${shownBytes(rates.request_bytes_per_s)}/s in, ${shownBytes(rates.response_bytes_per_s)}/s out, record lag ${status.log.lag_ms.toFixed(0)} ms`,
    '',
    paint('dim', row('operation', ['rate', 'refused', 'p50', 'p99'])),
    ...operations.map(({ operation, per_s, refused_per_s, p50_ms, p99_ms }) =>
      row(operation, [
        shownRate(per_s),
        shownRate(refused_per_s),
        shownMilliseconds(p50_ms),
        shownMilliseconds(p99_ms),
      ]),
    ),
    ...more(rates.operations.length, operations.length),
    '',
    paint('dim', row('refused with', ['rate'])),
    ...codes.map(({ code, per_s }) => row(code, [shownRate(per_s)])),
    ...more(rates.codes.length, codes.length),
    '',
    paint('dim', row('process', ['pid', 'CPU', 'memory', 'restarts'])),
    ...status.processes.map(({ name, pid, memory_bytes, restarts }) =>
      row(name, [
        pid === null ? '-' : String(pid),
        shownShare(rates.cpu_share[name]),
        memory_bytes === null ? '-' : shownBytes(memory_bytes),
        String(restarts),
      ]),
    ),
  ];
}

function row(name: string, figures: readonly string[]): string {
  const short = name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
  return `${short.padEnd(NAME_WIDTH)}${figures.map((figure) => figure.padStart(FIGURE_WIDTH)).join('')}`;
}

/** What a screen says most, in one line: for files and pipes. */
export function topLine({ status, rates }: StatusView): string {
  const time = new Date(status.now_ms).toISOString().slice(0, 19);
  const codes = rates.codes.slice(0, MOST_CODES).map(({ code, per_s }) => `${code} ${shownRate(per_s)}`);
  const cpu = Object.values(rates.cpu_share).reduce((sum, share) => sum + share, 0);
  return [
    `${time}Z`,
    status.readiness.ready ? 'ready' : `not ready (${status.readiness.reasons.map(({ reason }) => reason).join(' ')})`,
    `${shownRate(rates.allowed_per_s)} allowed`,
    `${shownRate(rates.refused_per_s)} refused`,
    `p50 ${shownMilliseconds(rates.p50_ms)}`,
    `p99 ${shownMilliseconds(rates.p99_ms)}`,
    `CPU ${shownShare(cpu)}`,
    ...codes,
  ].join('  ');
}
