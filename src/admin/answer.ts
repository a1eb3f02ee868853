import { EXPOSITION_TYPE, exposition } from '../core/metrics/index.ts';
import { readOrder } from './issue.ts';
import type { AdminPath } from './judge-request.ts';
import type { AdminPorts } from './ports.ts';
import { statusMetrics } from './status-metrics.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json';

export function jsonAnswer(status: number, value: unknown): AdminAnswer {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

/** How long a port may take, in milliseconds. */
export interface AnswerLimits {
  readonly look_ms: number;
  readonly reload_ms: number;
  readonly issue_ms: number;
}

/** A request that has been judged. */
export interface AdminQuestion {
  readonly path: AdminPath;
  readonly wants_json: boolean;
  /** Empty but where a body is read. */
  readonly body: string;
}

/** Never rejects. */
export async function answerTo(question: AdminQuestion, ports: AdminPorts, limits: AnswerLimits): Promise<AdminAnswer> {
  try {
    return await within(limitOf(question.path, limits), answer(question, ports));
  } catch {
    // What was thrown is not shown: nobody knows what it holds.
    return jsonAnswer(500, { error: 'the gate could not answer' });
  }
}

/** Milliseconds. */
export function limitOf(path: AdminPath, { look_ms, reload_ms, issue_ms }: AnswerLimits): number {
  if (path === '/reload') return reload_ms;
  return path === '/certificates' ? issue_ms : look_ms;
}

async function answer({ path, wants_json, body }: AdminQuestion, ports: AdminPorts): Promise<AdminAnswer> {
  switch (path) {
    case '/live':
      return jsonAnswer(200, { live: true });
    case '/ready': {
      const readiness = await ports.readiness();
      return jsonAnswer(readiness.ready ? 200 : 503, readiness);
    }
    case '/status':
      return jsonAnswer(200, await ports.status());
    case '/metrics': {
      const [counted, status] = await Promise.all([ports.metrics(), ports.status()]);
      const families = [...counted.families, ...statusMetrics(status).families];
      // Each of the two brings the counter of what was folded; they are one metric.
      const snapshot = { families: onePerName(families) };
      if (wants_json) return jsonAnswer(200, snapshot);
      return { status: 200, type: EXPOSITION_TYPE, body: exposition(snapshot) };
    }
    case '/reload': {
      const result = await ports.reload();
      return jsonAnswer(result.ok ? 200 : 422, result);
    }
    case '/certificates': {
      const result = await ports.issue(readOrder(body));
      return jsonAnswer(result.ok ? 200 : 422, result);
    }
  }
}

function onePerName<Family extends { readonly name: string }>(families: readonly Family[]): Family[] {
  const names = new Set<string>();
  return families.filter(({ name }) => !names.has(name) && names.add(name));
}

function within(limit_ms: number, work: Promise<AdminAnswer>): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(jsonAnswer(504, { error: 'the gate did not answer in time' })), limit_ms);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
