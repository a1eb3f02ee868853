import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Stage } from '../fault.ts';

/** Debian's libfaketime, which steps the wall clock of the processes that load it and of no others. */
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

const offsetFile = (folder: string): string => join(folder, 'clock-offset');

async function step({ project, quick }: Stage, offset: string): Promise<void> {
  writeFileSync(offsetFile(project.folder), `${offset}\n`);
  await sleep(quick ? 1_500 : 4_000);
}

export const CLOCK: Fault = {
  name: 'clock',
  title: 'The clock steps',
  promise:
    'steps of hours harm no exchange; beyond the life of a certificate its holder is refused, and served again when the clock is right',
  accepts: (failure) => failure === '401',
  records: ['AUTHN_CERT_EXPIRED', 'AUTHN_CERT_NOT_YET_VALID'],
  site: {
    // Each refusal ends its connection: a partner who goes on calling would meet the cap of its source instead.
    zone_more: '    connections: { new_per_source: 10000/1s }\n',
    prepare: ({ project }) => writeFileSync(offsetFile(project.folder), '+0\n'),
    wrapper: ({ folder }) =>
      existsSync(LIBRARY)
        ? [
            'env',
            `LD_PRELOAD=${LIBRARY}`,
            `FAKETIME_TIMESTAMP_FILE=${offsetFile(folder)}`,
            'FAKETIME_NO_CACHE=1',
            'FAKETIME_DONT_FAKE_MONOTONIC=1',
          ]
        : [],
  },
  async run(stage) {
    const { companion, did, expect } = stage;
    if (!existsSync(LIBRARY)) return stage.skip('libfaketime is not installed');
    for (const offset of ['+30m', '-30m', '+6h', '+0']) {
      await step(stage, offset);
      const in_a_row = await companion.inARow();
      did(`calls in a row at ${offset}`, in_a_row);
      expect(in_a_row > 10, `the honest partner was refused at ${offset}`);
    }
    await step(stage, '+400d');
    did('calls in a row at +400d', await companion.inARow());
    await step(stage, '-400d');
    did('calls in a row at -400d', await companion.inARow());
    writeFileSync(offsetFile(stage.project.folder), '+0\n');
    await companion.lifted();
  },
};
