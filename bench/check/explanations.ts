import type { PartId } from './part.ts';

/** Why a peer says something else than ours. Whatever is not explained here makes the comparison fail, and so does what explains nothing. */
export interface Explanation {
  readonly part: PartId;
  readonly peer: 'openssl' | 'sslscan' | 'testssl';
  /** Of the server and the difference, as they are printed. */
  readonly about: RegExp;
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [
  {
    part: 'handshakes',
    peer: 'sslscan',
    about: /^node-0-10-0: heartbleed: ours true$/,
    why: 'the fault is there, for the release brings an OpenSSL from before its mend; sslscan does not see it, for a reason that was not looked into',
  },
];
