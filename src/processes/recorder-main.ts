/** Entry of the recorder's process. */
import { followSupervisor } from './follow-supervisor.ts';
import type { FromRecorder, ToRecorder } from './messages.ts';
import { ownWatching } from './own-watching.ts';
import { createRecorder } from './recorder.ts';
import { ipcChannel } from './supervisor-channel.ts';

const supervisor = ipcChannel<FromRecorder, ToRecorder>(process);

const recorder = createRecorder({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  watching: ownWatching(process),
  say: supervisor.say,
  exit: (code) => process.exit(code),
});

followSupervisor(process, 'the recorder', supervisor, recorder);
