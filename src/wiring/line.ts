import type { Paint } from '../cli/terminal.ts';
import type { ExchangeRecord } from '../core/audit/index.ts';

/**
 * One calm line for one exchange: when (UTC), who, what, how it ended, how long it took. No value the far end sent.
 * Usual names fit into 80 columns.
 */
export function exchangeLine(outcome: ExchangeRecord, paint: Paint): string {
  const time = new Date(outcome.ended_ms).toISOString().slice(11, 19);
  const who = (outcome.machine ?? outcome.source.address).padEnd(14);
  const what = (outcome.operation ?? outcome.http?.method ?? '-').padEnd(18);
  const took_ms = Math.max(0, outcome.ended_ms - outcome.started_ms);
  const status = outcome.status === null ? '   ' : String(outcome.status);
  const allowed = outcome.verdict === 'allowed';
  const verdict = allowed ? paint('green', 'allowed') : paint('yellow', 'refused');
  const why = allowed ? trimmed(outcome) : reason(outcome);
  return `${paint('dim', time)}  ${who}  ${what}  ${verdict}  ${status} ${String(took_ms).padStart(4)} ms  ${why}`.trimEnd();
}

function trimmed({ upstream }: ExchangeRecord): string {
  return upstream && upstream.trimmed > 0 ? `${upstream.trimmed} trimmed` : '';
}

function reason({ code, pointer }: ExchangeRecord): string {
  return pointer ? `${code} at ${pointer}` : `${code}`;
}
