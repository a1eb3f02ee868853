/** Where a long run stands, on a terminal and nowhere else. */
import type { BenchOptions } from './options.ts';
import { targetKind } from './targets/all.ts';

export interface Progress {
  /** Without a step. */
  tell(text: string): void;
  /** A run begins. */
  step(text: string): void;
  /** Runs that will not take place. */
  skip(runs: number): void;
  end(): void;
}

/** Time for connections, checks and counting, beside each run. */
const BESIDE_SECONDS = 0.25;

/** Starting a target on Node.js and counting its records; it is started for a section, which has two scenarios or so. */
const START_SECONDS = 0.6;

/** Seconds that the runs of the options take on a quiet machine, about. */
export function expectedSeconds({ scenarios, rounds, seconds, warm_up_seconds }: BenchOptions): number {
  const of = (name: string) =>
    rounds * (seconds + BESIDE_SECONDS) + (targetKind(name).compiles ? warm_up_seconds + START_SECONDS : 0.5);
  return scenarios.flatMap(({ targets }) => targets).reduce((sum, name) => sum + of(name), 0);
}

export function showProgress(options: BenchOptions, terminal: NodeJS.WriteStream): Progress {
  const begun_ms = performance.now();
  const expected_s = expectedSeconds(options);
  let runs = options.scenarios.reduce((sum, { targets }) => sum + targets.length, 0) * (options.rounds + 1);
  let step = 0;
  const write = (text: string) => {
    if (!terminal.isTTY) return;
    const left_s = Math.max(0, expected_s - (performance.now() - begun_ms) / 1000);
    const left = left_s > 90 ? `${Math.ceil(left_s / 60)} min` : `${Math.ceil(left_s)} s`;
    const line = `[${step}/${runs}, about ${left} left] ${text}`;
    terminal.write(`\r\x1b[2K${line.slice(0, (terminal.columns ?? 80) - 1)}`);
  };
  return {
    tell: write,
    step(text) {
      step++;
      write(text);
    },
    skip(count) {
      runs -= count;
    },
    end() {
      if (terminal.isTTY) terminal.write('\r\x1b[2K');
    },
  };
}
