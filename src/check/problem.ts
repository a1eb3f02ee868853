/** What keeps a check from being whole. */
export interface Problem {
  /** Why, for people, without a final stop. */
  readonly text: string;
  /** What to do, one sentence without a final stop. */
  readonly advice: string;
}

/** How nothing was learnt: by what the last connection met, or by what was said to every hello. */
type Trouble =
  | 'unreachable'
  | 'late'
  | 'closed'
  | 'malformed'
  | 'not-asked'
  | 'no-starttls'
  | 'refused'
  | 'cut'
  | 'no-address';

const REACH = 'See that host and port are right, that the server runs, and that no firewall stands between';

const ADVICE: Readonly<Record<Trouble, string>> = {
  unreachable: REACH,
  late: `${REACH}; a slow server may need a longer --timeout`,
  closed: 'See that TLS is spoken at this port, and that the server lets this machine in',
  malformed:
    'See that TLS is spoken at this port; where it begins within another protocol, name that, as in smtp://mail.example.org',
  'not-asked': 'Check it again, with a longer --timeout',
  'no-starttls': 'See that the port is one of that protocol, and that the server offers TLS there to strangers',
  refused: 'Check it by a name that it serves: a server may refuse who asks for another, or for none',
  cut: 'Check it again when the server has less to do, with a longer --timeout or a lower --parallel',
  'no-address': 'See that the name is written right, and that the DNS which this machine asks knows it',
};

export function problemOf(trouble: Trouble, text: string): Problem {
  return { text, advice: ADVICE[trouble] };
}
