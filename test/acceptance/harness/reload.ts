/** Reloading a gate and waiting until it has said what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GateProcess } from './gate-process.ts';

const WAIT_MS = 5_000;
const POLL_MS = 10;
const SAID = { switched: /plan [0-9a-f]{12} is in force/g, refused: /the plan in force stays\n.+\n/g };

/** Sends SIGHUP and resolves with what the gate wrote since. */
export async function reload(gate: GateProcess, expect: keyof typeof SAID): Promise<string> {
  const said_before = gate.output();
  const count = (text: string): number => text.match(SAID[expect])?.length ?? 0;
  gate.signal('SIGHUP');
  const until = performance.now() + WAIT_MS;
  while (count(gate.output()) <= count(said_before)) {
    if (performance.now() > until) throw new Error(`not ${expect}:\n${gate.output()}`);
    await sleep(POLL_MS);
  }
  return gate.output().slice(said_before.length);
}
