import type { CliIo } from '../cli/terminal.ts';

export interface InterruptOptions {
  readonly signals: Pick<NodeJS.Process, 'on' | 'off'>;
  /** Ends the process: what is under way has sockets that would outlive the command. */
  readonly abandon: () => void;
}

/** Tells of the signals that ask a command to end, and then ends it. */
export function interruptsOf({ signals, abandon }: InterruptOptions): CliIo['onInterrupt'] {
  return (listener) => {
    const end = (): void => {
      listener();
      abandon();
    };
    for (const signal of ENDING) signals.on(signal, end);
    return () => {
      for (const signal of ENDING) signals.off(signal, end);
    };
  };
}

const ENDING = ['SIGINT', 'SIGTERM'] as const;
