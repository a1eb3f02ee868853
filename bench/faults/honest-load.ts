/** A partner that calls steadily over a few connections, and remembers what became of each call. */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answered,
  type CompanionReport,
  type CompanionStart,
  PHASES,
  type Phase,
  type PhaseFacts,
} from './messages.ts';

interface Call {
  readonly phase: Phase;
  readonly ended_ms: number;
  readonly took_ms: number;
  /** Null where it was answered as it should be. */
  readonly failure: string | null;
}

export interface HonestLoad {
  phase(phase: Phase): void;
  lifted(): void;
  inARow(): number;
  end(): Promise<Omit<CompanionReport, 'executed'>>;
}

const ORDER_TEXT = JSON.stringify({ item: 'bolt', quantity: 1 });

export function startHonestLoad(options: CompanionStart): HonestLoad {
  const { ca, cert, key, connections, pause_ms } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxCachedSessions: 0, ca, cert, key });
  const calls: Call[] = [];
  const answered: Answered[] = [];
  let phase: Phase = 'before';
  let fault_ms = performance.now();
  let lifted_ms: number | null = null;
  let in_a_row = 0;
  let running = true;

  async function callOn(index: number): Promise<void> {
    await sleep((pause_ms / connections) * index);
    for (let turn = index; running; turn++) {
      const method = turn % 2 === 0 ? 'GET' : 'POST';
      const during = phase;
      const start_ms = performance.now();
      const failure = await callOnce(options, agent, method, answered);
      const ended_ms = performance.now();
      // What was under way when the fault began is of the fault.
      calls.push({ phase: during === 'before' ? phase : during, ended_ms, took_ms: ended_ms - start_ms, failure });
      in_a_row = failure === null ? in_a_row + 1 : 0;
      await sleep(pause_ms);
    }
  }

  const done = Promise.all(Array.from({ length: connections }, (_, index) => callOn(index)));
  return {
    phase(next) {
      phase = next;
      if (next === 'during') fault_ms = performance.now();
    },
    lifted() {
      lifted_ms = performance.now();
    },
    inARow: () => in_a_row,
    async end() {
      running = false;
      const ended_ms = performance.now();
      await done;
      agent.destroy();
      const phases = Object.fromEntries(
        PHASES.map((name) => [name, factsOf(calls.filter((call) => call.phase === name))]),
      ) as Record<Phase, PhaseFacts>;
      return {
        phases,
        answered,
        longest_gap_ms: longestGap(calls, fault_ms, ended_ms),
        recovery_ms: recovery(calls, fault_ms, lifted_ms ?? fault_ms),
      };
    },
  };
}

/** Null, or what it got instead of its answer. */
async function callOnce(
  { port, call_ms }: CompanionStart,
  agent: Agent,
  method: 'GET' | 'POST',
  answered: Answered[],
): Promise<string | null> {
  const has_body = method === 'POST';
  const sent = request({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    path: '/api/orders',
    method,
    agent,
    headers: {
      host: `localhost:${port}`,
      ...(has_body ? { 'content-type': 'application/json', 'content-length': ORDER_TEXT.length } : {}),
    },
    signal: AbortSignal.timeout(call_ms),
  });
  try {
    sent.end(has_body ? ORDER_TEXT : undefined);
    const [response] = await once(sent, 'response');
    const status = Number(response.statusCode);
    const exchange_id = String(response.headers['sallyport-exchange'] ?? '');
    answered.push({ exchange_id, method, status });
    for await (const _part of response);
    return status === (has_body ? 201 : 200) ? null : String(status);
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return name === 'AbortError' || name === 'TimeoutError' ? 'no answer' : (code ?? name);
  }
}

function factsOf(calls: readonly Call[]): PhaseFacts {
  const failures: Record<string, number> = {};
  for (const { failure } of calls) if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  const times = calls
    .filter(({ failure }) => failure === null)
    .map(({ took_ms }) => took_ms)
    .sort((left, right) => left - right);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { calls: calls.length, failures, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: times.at(-1) ?? 0 };
}

function longestGap(calls: readonly Call[], from_ms: number, to_ms: number): number {
  let last_ms = from_ms;
  let longest_ms = 0;
  const ends = calls
    .filter(({ failure, ended_ms }) => failure === null && ended_ms > from_ms)
    .map((call) => call.ended_ms);
  for (const ended_ms of [...ends.sort((left, right) => left - right), to_ms]) {
    longest_ms = Math.max(longest_ms, ended_ms - last_ms);
    last_ms = ended_ms;
  }
  return longest_ms;
}

function recovery(calls: readonly Call[], fault_ms: number, from_ms: number): number {
  const later = calls
    .filter(({ ended_ms }) => ended_ms > fault_ms)
    .sort((left, right) => left.ended_ms - right.ended_ms);
  const last_failure = later.findLastIndex(({ failure }) => failure !== null);
  if (last_failure === -1) return 0;
  const back = later[last_failure + 1];
  return back === undefined ? Number.POSITIVE_INFINITY : Math.max(0, back.ended_ms - from_ms);
}
