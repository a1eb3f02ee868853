/** The process beside the gate: an honest partner with a steady load, and the service behind the gate. */
import { once } from 'node:events';
import { startHonestLoad } from './honest-load.ts';
import type { CompanionStart, FromCompanion, ToCompanion } from './messages.ts';
import { startService } from './service.ts';

/** Runs in a process of its own, so that neither an abuser's work nor the frame's shows in the partner's latency. */
export async function serveCompanion(): Promise<void> {
  const say = (message: FromCompanion): void => void process.send?.(message);
  process.once('disconnect', () => process.exit(0));
  const service = await startService();
  say({ say: 'service', port: service.port });
  const [start] = (await once(process, 'message')) as [CompanionStart];
  const load = startHonestLoad(start);
  process.on('message', (message: ToCompanion) => {
    switch (message.say) {
      case 'phase':
        load.phase(message.phase);
        return say({ say: 'done' });
      case 'lifted':
        load.lifted();
        return say({ say: 'done' });
      case 'service':
        return void service.set(message.up).then(() => say({ say: 'done' }));
      case 'steady':
        return say({ say: 'steady', in_a_row: load.inARow() });
      case 'report':
        return void load.end().then((report) => say({ say: 'report', ...report, executed: service.executed }));
    }
  });
  say({ say: 'done' });
}
