/** Entry of the signer's process. */
import { randomBytes } from 'node:crypto';
import { followSupervisor } from './follow-supervisor.ts';
import type { FromSigner, ToSigner } from './messages.ts';
import { ownWatching } from './own-watching.ts';
import { createSigner } from './signer.ts';
import { ipcChannel } from './supervisor-channel.ts';

const supervisor = ipcChannel<FromSigner, ToSigner>(process);

const signer = createSigner({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: (size_bytes) => randomBytes(size_bytes),
  watching: ownWatching(process),
  say: supervisor.say,
  exit: (code) => process.exit(code),
});

followSupervisor(process, 'the signer', supervisor, signer);
