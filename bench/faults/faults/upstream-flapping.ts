import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

export const UPSTREAM_FLAPPING: Fault = {
  name: 'upstream-flapping',
  title: 'A service that comes and goes',
  promise:
    'calls meanwhile end with 502 or 503 at once, no order is executed twice, and success returns with the service',
  accepts: (failure) => ['502', '503', '504'].includes(failure),
  site: {
    upstream_more: '      ejection: { for: 500ms, max: 1s, slow_start: 1ms }\n      breaker: { for: 1s }\n',
  },
  async run({ companion, quick, did, until }) {
    const rounds = quick ? 3 : 8;
    for (let round = 0; round < rounds; round++) {
      await companion.service(false);
      await sleep(round % 2 === 0 ? 700 : 1_500);
      await companion.service(true);
      if (round + 1 < rounds) await sleep(700);
    }
    await companion.lifted();
    did('times down', rounds);
    await until('success returns', async () => (await companion.inARow()) > 0);
  },
};
