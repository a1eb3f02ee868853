import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { STUCK_MS, Watchdog } from '../../src/processes/watchdog.ts';

/** A watchdog on a clock that the test moves; `answers` says whether the watched process takes turns. */
function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let now_ms = 0;
  const dog = new Watchdog(() => now_ms);
  const seen = { pings: 0, stuck: 0, answers: true };
  const one = {
    ping() {
      seen.pings++;
      if (seen.answers) dog.answered(one);
    },
    onStuck: () => void seen.stuck++,
  };
  dog.watch(one);
  const pass = (milliseconds: number): void => {
    for (let left = milliseconds; left > 0; left -= 1000) {
      now_ms += 1000;
      context.mock.timers.tick(1000);
    }
  };
  /** The watchdog itself, or the whole machine, was stopped for so long. */
  const sleep = (milliseconds: number): void => {
    now_ms += milliseconds;
    context.mock.timers.tick(1000);
  };
  /** The process takes turns again, and answers what waited for it. */
  const wake = (): void => {
    seen.answers = true;
    dog.answered(one);
  };
  return { dog, seen, pass, sleep, wake };
}

test('a process that answers is never stuck', (context) => {
  const { dog, seen, pass } = watched(context);
  pass(10 * STUCK_MS);
  assert.equal(seen.stuck, 0);
  assert.ok(seen.pings > 90);
  dog.stop();
});

test('a process that takes no turn is told once, not before its time', (context) => {
  const { dog, seen, pass } = watched(context);
  seen.answers = false;
  pass(STUCK_MS);
  assert.equal(seen.stuck, 0);
  pass(3000);
  assert.equal(seen.stuck, 1);
  pass(5 * STUCK_MS);
  assert.equal(seen.stuck, 1);
  dog.stop();
});

test('a machine that slept is no reason to take its processes for stuck', (context) => {
  const { dog, seen, pass, sleep, wake } = watched(context);
  seen.answers = false;
  pass(2000);
  sleep(10 * 60_000);
  assert.equal(seen.stuck, 0);
  wake();
  pass(3 * STUCK_MS);
  assert.equal(seen.stuck, 0);
  dog.stop();
});
