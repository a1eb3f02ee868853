/** Starts the process beside the gate and speaks with it. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { CompanionReport, CompanionStart, FromCompanion, Phase, ToCompanion } from './messages.ts';

const ENTRY = join(import.meta.dirname, '..', 'faults.ts');
/** Tells the entry that it is started for the process beside the gate. */
export const ROLE_VARIABLE = 'SALLYPORT_FAULTS_ROLE';

export interface Companion {
  readonly service_port: number;
  start(options: Omit<CompanionStart, 'say'>): Promise<void>;
  phase(phase: Phase): Promise<void>;
  /** What the fault took away is there again. */
  lifted(): Promise<void>;
  /** The service behind the gate, up or down. */
  service(up: boolean): Promise<void>;
  /** Honest calls that succeeded since the last that did not. */
  inARow(): Promise<number>;
  report(): Promise<CompanionReport>;
  kill(): void;
}

export async function startCompanion(): Promise<Companion> {
  const child = fork(ENTRY, [], { env: { ...process.env, [ROLE_VARIABLE]: 'companion' } });
  const next = (): Promise<FromCompanion> =>
    new Promise((resolve, reject) => {
      const onExit = () => {
        child.off('message', onMessage);
        reject(new Error('the process beside the gate ended'));
      };
      const onMessage = (message: unknown) => {
        child.off('exit', onExit);
        resolve(message as FromCompanion);
      };
      child.once('exit', onExit).once('message', onMessage);
    });
  const ask = <Say extends FromCompanion['say']>(question: ToCompanion | CompanionStart, say: Say) => {
    const answer = next().then((message) => {
      if (message.say !== say) throw new Error(`the process beside the gate said ${message.say}`);
      return message as Extract<FromCompanion, { say: Say }>;
    });
    child.send(question);
    return answer;
  };
  const first = await next();
  if (first.say !== 'service') throw new Error('the service did not start');
  return {
    service_port: first.port,
    start: async (options) => void (await ask({ say: 'start', ...options }, 'done')),
    phase: async (phase) => void (await ask({ say: 'phase', phase }, 'done')),
    lifted: async () => void (await ask({ say: 'lifted' }, 'done')),
    service: async (up) => void (await ask({ say: 'service', up }, 'done')),
    inARow: async () => (await ask({ say: 'steady' }, 'steady')).in_a_row,
    report: () => ask({ say: 'report' }, 'report'),
    kill: () => void child.kill('SIGKILL'),
  };
}
