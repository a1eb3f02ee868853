/** What a gate keeps after much work: its memory must not grow with the number of exchanges or connections. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Partner } from '../../acceptance/durability/partner.ts';
import { makeSite } from '../../acceptance/durability/site.ts';
import type { GateProcess } from '../../acceptance/harness/gate-process.ts';
import { descendantsOf } from '../../acceptance/harness/processes.ts';

const EXCHANGES = 20_000;
const CONNECTIONS = 2_000;
const SAMPLES = 5;
/** Code that is compiled while the gate gets warm takes memory too, once. */
const WARM_UP = 1_000;
/** Collections come early, so that what is left is what is kept; the whole heap has no room for a leak. */
const TIGHT_HEAP = ['env', 'NODE_OPTIONS=--max-semi-space-size=1 --max-old-space-size=96'];
const BREATH_MIB = 24;

/** Over all processes of the gate. */
function sumOf({ pid }: GateProcess, line: RegExp): number {
  const each = [pid, ...descendantsOf(pid)].map((one) => readFileSync(`/proc/${one}/status`, 'latin1'));
  return each.reduce((sum, status) => sum + Number(line.exec(status)?.[1]), 0);
}

const memoryOf = (gate: GateProcess): number => Math.round(sumOf(gate, /^VmRSS:\s+(\d+) kB$/m) / 1024);
const openFiles = (gate: GateProcess): number => sumOf(gate, /^FDSize:\s+(\d+)$/m);

async function calls(partner: Partner, count: number, at_once: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { status } = await (left % 4 === 0 ? partner.order() : partner.read());
      assert.ok(status === 200 || status === 201, String(status));
    }
  };
  await Promise.all(Array.from({ length: at_once }, worker));
}

/** Warms up, then does the work in parts, and gives the memory after each part in MiB. */
async function measure(context: TestContext, options: { keep_alive: boolean; work: number }): Promise<number[]> {
  const site = await makeSite(context);
  const gate = await site.start({ wrapper: TIGHT_HEAP });
  const partner = site.partner(gate, { keep_alive: options.keep_alive, connections: 16 });
  await calls(partner, WARM_UP, 16);
  const memory_mib = [memoryOf(gate)];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await calls(partner, options.work / SAMPLES, 16);
    site.upstream.received.length = 0;
    memory_mib.push(memoryOf(gate));
  }
  context.diagnostic(`${JSON.stringify(options)}: RSS in MiB ${memory_mib.join(' ')}, descriptors ${openFiles(gate)}`);
  assert.equal(await gate.stop(), 0);
  return memory_mib;
}

function staysFlat([warm = 0, ...later]: readonly number[]): void {
  assert.ok(later.at(-1)! - warm < BREATH_MIB, `grew from ${warm} to ${later.at(-1)} MiB`);
}

test(`memory stays flat over ${EXCHANGES} exchanges`, async (context) => {
  staysFlat(await measure(context, { keep_alive: true, work: EXCHANGES }));
});

test(`memory stays flat over ${CONNECTIONS} connections`, async (context) => {
  staysFlat(await measure(context, { keep_alive: false, work: CONNECTIONS }));
});
