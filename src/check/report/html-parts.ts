/** Pieces of a page: text is escaped wherever it enters, and only what was made here is HTML. */
import type { RuleVerdict, Verdict } from './report.ts';
import { shortened } from './visible.ts';
import { escaped } from './xml.ts';

/** HTML that is right as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | readonly Html[] | string | number;

/** Longer texts are cut: the JSON report has the whole. */
const MAX_TEXT_CHARACTERS = 500;

export const NOTHING = new Html('');

/** A template whose values are escaped, but for those that are HTML, and lists of them. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + (index < parts.length ? textOf(parts[index]!) : '')).join(''));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return safe(String(part));
  return part.map(({ text }) => text).join('');
}

const safe = (text: string) => escaped(shortened(text, MAX_TEXT_CHARACTERS));

/** A long name that may break where a reader would break it. */
export function name(text: string): Html {
  return new Html(safe(text).replace(/[_.:/]/g, (mark) => `${mark}<wbr>`));
}

/** A sentence of ours is written without its beginning and its end. */
export function sentence(text: string): string {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(first.length)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

type Shown = RuleVerdict | Verdict | 'known';

const WORDS: Readonly<Record<Shown, readonly [kind: string, mark: string, word: string]>> = {
  fail: ['fail', '✕', 'Failure'],
  warn: ['warn', '!', 'Warning'],
  pass: ['pass', '✓', 'Passed'],
  'could-not-tell': ['open', '?', 'Could not tell'],
  'not-applicable': ['none', '–', 'Not applicable'],
  known: ['none', '=', 'Known'],
  good: ['pass', '✓', 'Good'],
  findings: ['fail', '✕', 'Failures'],
  unfinished: ['open', '?', 'Not finished'],
};

/** A verdict, by sign and word beside its colour. */
export function badge(verdict: Shown): Html {
  const [kind, mark, word] = WORDS[verdict];
  return html`<span class="badge ${kind}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}
