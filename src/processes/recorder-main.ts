/** Entry of the recorder's process. */
import { followSupervisor } from './follow-supervisor.ts';
import { ownWatching } from './own-watching.ts';
import { createRecorder } from './recorder.ts';

const recorder = createRecorder({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  watching: ownWatching(process),
  say: (message) => void (process.connected && process.send?.(message)),
  exit: (code) => process.exit(code),
});

followSupervisor(process, 'the recorder', recorder);
