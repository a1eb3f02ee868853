/** A running gate, as its own command line reads it: asked over its admin listener, answers held to their shapes. */
import { z } from 'zod';
import { type AdminTarget, AdminUnreachable, askAdmin } from './ask-admin.ts';
import { type IssueOrder, type IssueResult, issueResult } from './issue.ts';
import type { Look } from './rates.ts';
import { gateStatus, type ReloadResult, reloadResult } from './status.ts';

const LOOK_MS = 6000;
const RELOAD_MS = 65_000;
const ISSUE_MS = 65_000;

const family = {
  name: z.string(),
  help: z.string(),
  labels: z.array(z.string()),
  merge: z.enum(['sum', 'max', 'min', 'process']),
};
const labels = z.array(z.string());

const metricsSnapshot = z.object({
  families: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        ...family,
        kind: z.enum(['counter', 'gauge']),
        series: z.array(z.object({ labels, value: z.number() })),
      }),
      z.object({
        ...family,
        kind: z.literal('histogram'),
        bounds: z.array(z.number()),
        series: z.array(z.object({ labels, counts: z.array(z.number()), sum: z.number() })),
      }),
    ]),
  ),
});

/** @throws AdminUnreachable */
export async function lookAt(target: AdminTarget): Promise<Look> {
  const [status, metrics] = await Promise.all([
    ask(target, '/status', gateStatus),
    ask(target, '/metrics', metricsSnapshot),
  ]);
  return { status, metrics };
}

/** @throws AdminUnreachable */
export async function askToReload(target: AdminTarget): Promise<ReloadResult> {
  const { status, body } = await askAdmin(target, { method: 'POST', path: '/reload', timeout_ms: RELOAD_MS });
  if (status !== 200 && status !== 422) throw new AdminUnreachable(`HTTP ${status}`);
  return parsed(body, reloadResult);
}

/** @throws AdminUnreachable */
export async function askForCertificate(target: AdminTarget, order: IssueOrder): Promise<IssueResult> {
  const question = {
    method: 'POST',
    path: '/certificates',
    timeout_ms: ISSUE_MS,
    body: JSON.stringify(order),
  } as const;
  const { status, body } = await askAdmin(target, question);
  if (status !== 200 && status !== 422) throw new AdminUnreachable(`HTTP ${status}`);
  return parsed(body, issueResult);
}

async function ask<Shape extends z.ZodType>(target: AdminTarget, path: string, shape: Shape): Promise<z.infer<Shape>> {
  const { status, body } = await askAdmin(target, { method: 'GET', path, timeout_ms: LOOK_MS });
  if (status !== 200) throw new AdminUnreachable(`HTTP ${status}`);
  return parsed(body, shape);
}

/** A gate of another version may speak of other things. */
function parsed<Shape extends z.ZodType>(body: string, shape: Shape): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new AdminUnreachable('no JSON');
  }
  const result = shape.safeParse(value);
  if (!result.success) throw new AdminUnreachable('it is of another version');
  return result.data;
}
