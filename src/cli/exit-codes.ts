/** What the process answers; scripts rely on these. */
export const EXIT = {
  /** Done, nothing to complain about. */
  GOOD: 0,
  /** The answer is no: a refused verdict, a failed test, a finding. */
  REFUSED: 1,
  /** The command line or the configuration is not right; nothing was done. */
  USAGE: 2,
  /** Something outside kept the command from finishing. */
  UNFINISHED: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
