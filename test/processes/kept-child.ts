/** A process that does as it is told, for the tests of what keeps it. */
import { spawn } from 'node:child_process';
import { ipcChannel, lineChannel } from '../../src/processes/supervisor-channel.ts';

type Told = { readonly say: string; readonly number?: number };

/** Speaks over the channel it inherited, with its own process id, for half a minute at most. */
const SPEAKING = `for turn in $(seq 600); do echo '{"say":"news","text":"'$$'"}' >&3 || exit; sleep 0.05; done`;

const supervisor = process.connected ? ipcChannel<object, Told>(process) : lineChannel<object, Told>();

supervisor.onMessage(({ say, number }) => {
  if (say === 'start') supervisor.say({ say: 'started' });
  if (say === 'fail') supervisor.say({ say: 'failed', failure: { defect: 'as told' } });
  const faults = [{ code: 'DATA_FOLDER', file: 'data', message: 'as told' }];
  if (say === 'fail with faults') supervisor.say({ say: 'failed', failure: { faults } });
  if (say === 'echo') supervisor.say({ say: 'heard', number });
  if (say === 'news') supervisor.say({ say: 'news', text: 'something' });
  if (say === 'count') supervisor.say({ say: 'heard', number: process.listenerCount('internalMessage') });
  if (say === 'nonsense') for (let lines = 0; lines < 1_000; lines++) supervisor.say({});
  if (say === 'leave a descendant') {
    spawn('sh', ['-c', SPEAKING], { stdio: ['ignore', 'ignore', 'ignore', 3], detached: true }).once('spawn', () =>
      process.exit(0),
    );
  }
  if (say === 'end') process.exit(7);
});
supervisor.onGone(() => process.exit(0));
