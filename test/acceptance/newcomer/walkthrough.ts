/** A page as somebody follows it: what is pasted, where, and what shows. */

export interface Step {
  readonly kind: 'command' | 'output';
  /** Which terminal, as the fence says behind its language; empty for the first. */
  readonly terminal: string;
  readonly text: string;
}

const FENCE = /^```(sh|text)(?: ([a-z]+))?\n([\s\S]*?)^```$/gm;

/** The steps of the part of a page under a heading of the second level. */
export function stepsOf(page: string, heading: string): Step[] {
  const part = page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  if (part === undefined) throw new Error(`there is no “${heading}”`);
  return [...part.matchAll(FENCE)].map(([, language, terminal = '', text = '']) => ({
    kind: language === 'sh' ? 'command' : 'output',
    terminal,
    text: text.trimEnd(),
  }));
}

/** Whether a text holds the lines that are expected, in their order; `…` stands for anything, also for lines. */
export function shows(text: string, expected: string): boolean {
  const lines = text.split('\n');
  let from = 0;
  return expected.split('\n').every((line) => {
    if (line === '…') return true;
    const pattern = new RegExp(`^\\s*${line.trim().split('…').map(escaped).join('.*')}`);
    const found = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    from = found + 1;
    return found !== -1;
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
}
