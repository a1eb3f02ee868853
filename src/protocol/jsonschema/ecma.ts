/**
 * Translates an ECMA-262 regular expression to RE2 syntax. The two agree on most things and differ quietly
 * on some: `.`, `\s`, `$`, POSIX classes, `\A` and friends. Everything that is not a plain letter, digit or
 * operator common to both is therefore written as a code point.
 */

/** ECMA-262 WhiteSpace and LineTerminator, as ranges. */
const SPACE: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const MAX_CODE_POINT = 0x10ffff;
const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };

/** Long names of general categories, which RE2 knows by their short ones only. */
const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  digit: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Currency_Symbol: 'Sc',
  Separator: 'Z',
  Space_Separator: 'Zs',
};

type Range = readonly [first: number, last: number];

/** Thrown for what RE2 has no form of. */
class Untranslatable extends Error {}

/** @param source a pattern that RegExp accepts. @throws for back-references and look-around. */
export function translatePattern(source: string): string {
  return new Translator(source).run();
}

class Translator {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  run(): string {
    let out = '';
    while (this.at < this.source.length) out += this.atom();
    return out;
  }

  private atom(): string {
    const char = this.take();
    switch (char) {
      case '\\':
        return this.escape(false);
      case '[':
        return this.characterClass();
      case '(':
        return this.group();
      case '.':
        return '[^\\n\\r\\x{2028}\\x{2029}]';
      case '^':
        return '\\A';
      case '$':
        return '\\z';
      case '{':
        return this.repetition();
      case ')':
      case '|':
      case '*':
      case '+':
      case '?':
        return char;
      default:
        return literal(char.codePointAt(0) as number);
    }
  }

  /** Groups never capture: nobody asks for the captures. */
  private group(): string {
    if (this.source[this.at] !== '?') return '(?:';
    const kind = /^\?(:|<(?![=!])[^>]*>)/u.exec(this.source.slice(this.at));
    if (kind === null) throw new Untranslatable('look-around or inline flags');
    this.at += kind[0].length;
    return '(?:';
  }

  private repetition(): string {
    const counts = /^\d+(?:,\d*)?\}/u.exec(this.source.slice(this.at));
    if (counts === null) return literal(0x7b);
    this.at += counts[0].length;
    return `{${counts[0]}`;
  }

  private characterClass(): string {
    const negated = this.source[this.at] === '^';
    if (negated) this.at++;
    let out = '';
    while (this.source[this.at] !== ']') out += this.classItem();
    this.at++;
    if (out !== '') return `[${negated ? '^' : ''}${out}]`;
    return negated ? `[\\x{0}-${codePoint(MAX_CODE_POINT)}]` : `[^\\x{0}-${codePoint(MAX_CODE_POINT)}]`;
  }

  private classItem(): string {
    const char = this.take();
    if (char === '\\') return this.escape(true);
    return char === '-' && this.isRangeDash() ? '-' : codePoint(char.codePointAt(0) as number);
  }

  /** A dash makes a range unless it is first, last, or beside a class such as `\d`. */
  private isRangeDash(): boolean {
    const before = this.source.slice(0, this.at - 1);
    const after = this.source.slice(this.at);
    const starts = /\[\^?$/u.test(before) && !/\\\[\^?$/u.test(before);
    return (
      !starts &&
      !after.startsWith(']') &&
      !/\\[dDwWsS]$|\\[pP]\{[^}]*\}$/u.test(before) &&
      !/^\\[dDwWsSpP]/u.test(after)
    );
  }

  private escape(inClass: boolean): string {
    const char = this.take();
    if ('dDwW'.includes(char)) return `\\${char}`;
    if (char === 's') return inClass ? ranges(SPACE) : `[${ranges(SPACE)}]`;
    if (char === 'S') return inClass ? ranges(complement(SPACE)) : `[^${ranges(SPACE)}]`;
    if (char === 'b') return inClass ? codePoint(8) : '\\b';
    if (char === 'B' && !inClass) return '\\B';
    if (char === 'p' || char === 'P') return this.property(char);
    if (char === 'k' || /[1-9]/u.test(char)) throw new Untranslatable('back-reference');
    const value = this.escapedCodePoint(char);
    return inClass ? codePoint(value) : literal(value);
  }

  private property(char: string): string {
    const name = /^\{(?:(?:gc|General_Category|sc|Script)=)?(\w+)\}/u.exec(this.source.slice(this.at));
    if (name === null) throw new Untranslatable('property');
    this.at += name[0].length;
    const short = CATEGORIES[name[1] as string] ?? name[1];
    return `\\${char}{${short}}`;
  }

  private escapedCodePoint(char: string): number {
    const hex = char === 'u' ? this.unicode() : char === 'x' ? this.hex(/^[0-9a-f]{2}/iu) : undefined;
    if (hex !== undefined) return hex;
    if (char === 'c') return (this.take().codePointAt(0) as number) % 32;
    return CONTROL_ESCAPES[char] ?? (char.codePointAt(0) as number);
  }

  private unicode(): number | undefined {
    const unit = this.hex(/^(?:\{[0-9a-f]+\}|[0-9a-f]{4})/iu);
    if (unit === undefined || (unit & 0xfc00) !== 0xd800 || unit > 0xffff) return unit;
    if (!this.source.startsWith('\\u', this.at)) return unit;
    this.at += 2;
    const low = this.hex(/^[0-9a-f]{4}/iu);
    if (low === undefined || (low & 0xfc00) !== 0xdc00) throw new Untranslatable('half of a surrogate pair');
    return ((unit & 0x3ff) << 10) + (low & 0x3ff) + 0x10000;
  }

  private hex(form: RegExp): number | undefined {
    const digits = form.exec(this.source.slice(this.at))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number.parseInt(digits.replace(/[{}]/gu, ''), 16);
  }

  private take(): string {
    const char = String.fromCodePoint(this.source.codePointAt(this.at) as number);
    this.at += char.length;
    return char;
  }
}

/** Letters and digits as they are, so that RE2 sees a literal prefix; everything else by number. */
function literal(value: number): string {
  const char = String.fromCodePoint(value);
  return /[0-9A-Za-z]/u.test(char) ? char : codePoint(value);
}

function codePoint(value: number): string {
  return `\\x{${value.toString(16)}}`;
}

function ranges(list: readonly Range[]): string {
  return list.map(([first, last]) => `${codePoint(first)}-${codePoint(last)}`).join('');
}

function complement(list: readonly Range[]): Range[] {
  const firsts = [0, ...list.map(([, last]) => last + 1)];
  const lasts = [...list.map(([first]) => first - 1), MAX_CODE_POINT];
  return firsts.map((first, index) => [first, lasts[index] as number]);
}
