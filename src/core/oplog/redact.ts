/**
 * The last look at what an operator is told. Nothing secret is to come here in the first place: texts are written by us,
 * and of an error only its name and place. This is for the day when somebody forgets.
 */

const REDACTED = '[redacted]';

const SECRET_KEY =
  /authori[sz]ation|cookie|passw(?:or)?d|passphrase|secret|token|api[-_]?key|private[-_]?key|credential/i;

/** No text is longer, in characters; faults of a reload are the longest there are. */
const MAX_CHARACTERS = 32 * 1024;

interface Shape {
  readonly what: RegExp;
  readonly instead: string;
}

const SHAPES: readonly Shape[] = [
  // A key that was pasted where its path belongs, also one that was cut off.
  { what: /-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,64}-----|$)/g, instead: REDACTED },
  { what: /\b(Bearer|Basic|DPoP) +[A-Za-z0-9._~+/=-]{8,}/gi, instead: `$1 ${REDACTED}` },
  { what: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*/g, instead: REDACTED },
  // The password of a URL (RFC 3986 section 3.2.1).
  { what: /([a-z][a-z0-9+.-]{0,32}:\/\/[^\s/@:]{0,256}):[^\s/@]{1,1024}@/gi, instead: `$1:${REDACTED}@` },
];

export function redactText(text: string): string {
  const short = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return SHAPES.reduce((told, { what, instead }) => told.replace(what, instead), short);
}

/** A fact that an event carries: plain values only, so that no object can bring what nobody looked at. */
export type Fact = string | number | boolean | null;

export function redactFacts(facts: Readonly<Record<string, Fact>>): Record<string, Fact> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => {
      if (SECRET_KEY.test(key)) return [key, REDACTED];
      return [key, typeof value === 'string' ? redactText(value) : value];
    }),
  );
}
