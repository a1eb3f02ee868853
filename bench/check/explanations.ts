import type { PartId } from './part.ts';

/** Why a peer says something else than ours. Whatever is not explained here makes the comparison fail, and so does what explains nothing. */
export interface Explanation {
  readonly part: PartId;
  readonly peer: 'openssl' | 'sslscan' | 'testssl';
  /** Of the server and the difference, as they are printed. */
  readonly about: RegExp;
  readonly why: string;
}

const CHOSEN_BY_HELLO =
  'there is a certificate of each kind, and whoever offers one suite for ECDSA gets that one: of what is left of both kinds together nothing is taken. Suites for RSA, offered alone, are, as openssl sees too; it offers one at a time';

export const EXPLANATIONS: readonly Explanation[] = [
  ...(['sslscan', 'testssl'] as const).map((peer) => ({
    part: 'handshakes' as const,
    peer,
    about: /^haproxy \w+: TLS 1\.2 TLS_(ECDHE_|DHE_)?RSA_\w+: ours alone$/,
    why: CHOSEN_BY_HELLO,
  })),
  {
    part: 'handshakes',
    peer: 'sslscan',
    about: /^node-0-10-0: heartbleed: ours true$/,
    why: 'the fault is there, for the release brings an OpenSSL from before its mend; sslscan does not see it, for a reason that was not looked into',
  },
];
