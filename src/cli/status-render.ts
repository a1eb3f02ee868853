/** One calm screen about a running gate. */
import { shownBytes, shownDuration, shownMilliseconds, shownRate, shownShare } from './quantities.ts';
import type { Paint } from './terminal.ts';
import type { GateView, RatesView, StatusView } from './watch-actions.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;
const DIGEST_CHARACTERS = 12;

export function renderStatus({ status, rates }: StatusView, paint: Paint): string {
  const sections: [string, readonly string[]][] = [
    ['plan', [planLine(status, paint)]],
    ['log', [logLine(status, paint)]],
    ['processes', status.processes.map((one) => processLine(one, rates))],
    ['zones', status.zones.flatMap(zoneLines)],
    ['upstreams', status.upstreams.map((one) => upstreamLine(one, paint))],
    ['certificates', certificateLines(status, paint)],
    ['now', [ratesLine(rates)]],
  ];
  const width = Math.max(...sections.map(([title]) => title.length)) + 2;
  const body = sections.flatMap(([title, lines]) =>
    (lines.length > 0 ? lines : ['none']).map(
      (line, index) => `${paint('dim', (index === 0 ? title : '').padEnd(width))}${line}\n`,
    ),
  );
  return `${headLines(status, paint)}\n${body.join('')}`;
}

function headLines({ gate, version, pid, readiness, started_ms, now_ms }: GateView, paint: Paint): string {
  const state = readiness.ready ? paint('green', 'ready') : paint('red', 'not ready');
  const why = readiness.reasons.map(({ message }) => `  ${paint('red', message)}\n`);
  const up = `Sallyport ${version}, process ${pid}, up ${shownDuration(now_ms - started_ms)}`;
  return `${paint('bold', gate)} is ${state}  ${paint('dim', up)}\n${why.join('')}`;
}

function planLine({ plan, reloads, now_ms }: GateView, paint: Paint): string {
  const since = `${plan.digest.slice(0, DIGEST_CHARACTERS)}, in force for ${shownDuration(now_ms - plan.since_ms)}`;
  if (reloads.last !== 'refused') return since;
  return `${since}; ${paint('red', 'the last reload was refused: the files are not what is in force')}`;
}

function logLine({ log }: GateView, paint: Paint): string {
  const state = log.state === 'open' ? 'takes records' : paint('red', `takes no records (${log.state})`);
  const lag = log.lag_ms >= 1000 ? paint('yellow', `, one has waited for ${shownDuration(log.lag_ms)}`) : '';
  return `${state}${lag}, in ${log.folder}`;
}

function processLine(process: GateView['processes'][number], { cpu_share }: RatesView): string {
  const { name, pid, memory_bytes, restarts } = process;
  const running = pid === null ? 'does not run' : `process ${pid}`;
  const memory = memory_bytes === null ? '-' : shownBytes(memory_bytes);
  const again = restarts === 0 ? '' : `, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`;
  return `${name}: ${running}, CPU ${shownShare(cpu_share[name])}, ${memory}${again}`;
}

function zoneLines({ zone, listeners, connections }: GateView['zones'][number]): string[] {
  const open = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  return listeners.map(
    ({ address, port }, index) =>
      `${zone}: https://${address.includes(':') ? `[${address}]` : address}:${port}${index === 0 ? `, ${open}` : ''}`,
  );
}

function upstreamLine(upstream: GateView['upstreams'][number], paint: Paint): string {
  const { name, origin, breaker, addresses, connections, waiting } = upstream;
  const judged = addresses.map(({ address, state }) =>
    state === 'serving'
      ? `${address} serving`
      : paint(state === 'ejected' || state === 'failing' ? 'red' : 'yellow', `${address} ${state}`),
  );
  const used = judged.length > 0 ? judged.join(', ') : 'not used yet';
  const queue = waiting > 0 ? paint('yellow', `, ${waiting} requests wait`) : '';
  const cut = breaker === 'closed' ? '' : paint('red', `, breaker ${breaker}`);
  return `${name}: ${origin}: ${used}${cut}; ${connections} connections${queue}`;
}

function certificateLines({ certificates, now_ms }: GateView, paint: Paint): string[] {
  const soon = certificates
    .filter(({ expires_ms }) => expires_ms - now_ms < SOON_MS)
    .sort((left, right) => left.expires_ms - right.expires_ms);
  if (soon.length === 0) return ['none expires within 30 days'];
  return soon.map(({ file, expires_ms }) => {
    const days = Math.floor((expires_ms - now_ms) / DAY_MS);
    if (days < 0) return paint('red', `${file} has expired`);
    return paint(days < 7 ? 'red' : 'yellow', `${file} expires in ${days} ${days === 1 ? 'day' : 'days'}`);
  });
}

function ratesLine({ allowed_per_s, refused_per_s, p50_ms, p99_ms }: RatesView): string {
  const spread = p50_ms === null ? '' : `, p50 ${shownMilliseconds(p50_ms)}, p99 ${shownMilliseconds(p99_ms)}`;
  return `${shownRate(allowed_per_s)} allowed, ${shownRate(refused_per_s)} refused${spread}`;
}
