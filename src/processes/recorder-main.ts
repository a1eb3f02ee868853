/** Entry of the recorder's process. */
import { followSupervisor, sayTo } from './follow-supervisor.ts';
import { ownWatching } from './own-watching.ts';
import { createRecorder } from './recorder.ts';

const recorder = createRecorder({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  watching: ownWatching(process),
  say: sayTo(process),
  exit: (code) => process.exit(code),
});

followSupervisor(process, 'the recorder', recorder);
