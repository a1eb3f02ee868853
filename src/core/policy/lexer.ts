/**
 * Just enough of Cedar's lexical grammar to know where one policy ends, where a name stands and how deep a policy
 * nests. Meaning stays with the Cedar library: whatever it makes of a token is what counts.
 */

export interface Token {
  readonly kind: 'name' | 'string' | 'sign';
  readonly text: string;
  /** Index into the source text. */
  readonly start: number;
}

// A comment ends at a carriage return as well as at a line feed (Cedar's lexer does the same). Were it otherwise, a
// policy could hide from one of the two readers behind a bare CR.
const TOKEN =
  /(?<skip>\s+|\/\/[^\n\r]*)|(?<name>[_a-zA-Z][_a-zA-Z0-9]*)|(?<string>"(?:\\.|[^"\\])*"?)|(?<sign>::|&&|\|\||[=!<>]=|.)/gsu;

export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const groups = match.groups;
    if (groups === undefined || groups.skip !== undefined) continue;
    const kind = groups.name !== undefined ? 'name' : groups.string !== undefined ? 'string' : 'sign';
    tokens.push({ kind, text: match[0], start: match.index });
  }
  return tokens;
}

/** The tokens of one policy, the closing `;` included (missing only in a last, broken one). */
export type Statement = readonly Token[];

export function splitStatements(tokens: readonly Token[]): Statement[] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    current.push(token);
    if (token.kind === 'sign' && token.text === ';') {
      statements.push(current);
      current = [];
    }
  }
  if (current.length > 0) statements.push(current);
  return statements;
}

/** Source text of consecutive tokens. */
export function textOf(text: string, tokens: readonly Token[]): string {
  const first = tokens[0];
  const last = tokens[tokens.length - 1];
  return first === undefined || last === undefined ? '' : text.slice(first.start, last.start + last.text.length);
}

/** The `when` and `unless` clauses of a policy, in order, each from its keyword to its closing brace. */
export function clausesOf(statement: Statement): Statement[] {
  const clauses: Token[][] = [];
  let depth = 0;
  let clause: Token[] | undefined;
  for (const token of statement) {
    if (depth === 0 && token.kind === 'name' && (token.text === 'when' || token.text === 'unless')) clause = [];
    clause?.push(token);
    depth += nesting(token);
    if (clause !== undefined && depth === 0 && token.text === '}') {
      clauses.push(clause);
      clause = undefined;
    }
  }
  return clauses;
}

/** +1 for an opening bracket, -1 for a closing one. */
export function nesting(token: Token): -1 | 0 | 1 {
  if (token.kind !== 'sign') return 0;
  if ('([{'.includes(token.text)) return 1;
  return ')]}'.includes(token.text) ? -1 : 0;
}

/** Where `Type::"id"` stands in a policy; undefined when it is written in a way this lexer does not read. */
export function findEntity(statement: Statement, type: string, id: string): Token | undefined {
  for (let at = 2; at < statement.length; at++) {
    const [name, colons, string] = [statement[at - 2], statement[at - 1], statement[at]];
    if (name?.text === type && colons?.text === '::' && string?.kind === 'string' && unquote(string.text) === id) {
      return name;
    }
  }
  return undefined;
}

/** Where a string literal of this value stands. */
export function findString(statement: Statement, value: string): Token | undefined {
  return statement.find((token) => token.kind === 'string' && unquote(token.text) === value);
}

const SIMPLE_ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|(.))/gsu, (_, byte, point, other) =>
      other === undefined ? codePoint(byte ?? point) : (SIMPLE_ESCAPES[other] ?? other),
    );
}

function codePoint(hex: string): string {
  const value = Number.parseInt(hex, 16);
  return value <= 0x10ffff ? String.fromCodePoint(value) : '';
}
