/** A process that does as it is told, for the tests of what keeps it. */
import { ipcChannel, lineChannel } from '../../src/processes/supervisor-channel.ts';

type Told = { readonly say: string; readonly number?: number };

const supervisor = process.connected ? ipcChannel<object, Told>(process) : lineChannel<object, Told>();

supervisor.onMessage(({ say, number }) => {
  if (say === 'start') supervisor.say({ say: 'started' });
  if (say === 'fail') supervisor.say({ say: 'failed', failure: { defect: 'as told' } });
  const faults = [{ code: 'DATA_FOLDER', file: 'data', message: 'as told' }];
  if (say === 'fail with faults') supervisor.say({ say: 'failed', failure: { faults } });
  if (say === 'echo') supervisor.say({ say: 'heard', number });
  if (say === 'news') supervisor.say({ say: 'news', text: 'something' });
  if (say === 'end') process.exit(7);
});
supervisor.onGone(() => process.exit(0));
