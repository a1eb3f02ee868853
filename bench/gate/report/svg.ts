/**
 * A chart of bars as SVG, readable on light and on dark ground, with its numbers as text and a description for those who
 * do not see it.
 */

export interface Bar {
  readonly value: number;
  /** Least and most over the rounds, drawn as a line. */
  readonly min: number;
  readonly max: number;
}

export interface BarRow {
  readonly label: string;
  /** One for each series; null where it was not measured. */
  readonly bars: readonly (Bar | null)[];
}

export interface BarChart {
  readonly title: string;
  /** What it shows, in words. */
  readonly description: string;
  readonly series: readonly string[];
  readonly rows: readonly BarRow[];
  /** A line across all bars, such as a target; null for none. */
  readonly mark: { readonly value: number; readonly label: string } | null;
}

const WIDTH = 760;
const LABELS = 130;
const RIGHT = 70;
const TOP = 66;
const BAR = 12;
const GAP = 10;
const COLOURS_LIGHT = ['#0b62a4', '#b35900'];
const COLOURS_DARK = ['#6cb6ff', '#f0a04b'];

export function barChart({ title, description, series, rows, mark }: BarChart): string {
  const row_height = series.length * BAR + GAP;
  const height = TOP + rows.length * row_height + 34;
  const most = Math.max(mark?.value ?? 0, ...rows.flatMap(({ bars }) => bars.flatMap((bar) => bar?.value ?? [])));
  const scale = (value: number) => Math.min(value / most, 1.04) * (WIDTH - LABELS - RIGHT);
  const bottom = TOP + rows.length * row_height;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<style>${style(series)}</style>`,
    `<text class="title" x="0" y="18">${escaped(title)}</text>`,
    ...series.flatMap((name, at) => [
      `<rect class="s${at}" x="${LABELS + at * 90}" y="34" width="12" height="12"/>`,
      `<text x="${LABELS + 18 + at * 90}" y="44">${escaped(name)}</text>`,
    ]),
    ...rows.flatMap((row, at) => drawRow(row, TOP + at * row_height, scale)),
    `<line class="axis" x1="${LABELS}" y1="${TOP - 6}" x2="${LABELS}" y2="${bottom}"/>`,
  ];
  if (mark) {
    const x = round(LABELS + scale(mark.value));
    parts.push(
      `<line class="mark" x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}"/>`,
      `<text class="note" x="${x}" y="${bottom + 16}" text-anchor="middle">${escaped(mark.label)}</text>`,
    );
  }
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

function drawRow({ label, bars }: BarRow, top: number, scale: (value: number) => number): string[] {
  const middle = top + (bars.length * BAR) / 2 + 4;
  const drawn = bars.flatMap((bar, at) => {
    if (bar === null) return [];
    const y = top + at * BAR;
    const line = y + BAR / 2 - 0.5;
    const end = round(LABELS + Math.max(scale(bar.value), scale(bar.max)));
    return [
      `<rect class="s${at}" x="${LABELS}" y="${y}" width="${round(scale(bar.value))}" height="${BAR - 1}"/>`,
      `<line class="spread" x1="${round(LABELS + scale(bar.min))}" y1="${line}" x2="${end}" y2="${line}"/>`,
      `<text class="value" x="${round(end + 5)}" y="${y + BAR - 2}">${bar.value.toFixed(2)}</text>`,
    ];
  });
  return [`<text x="${LABELS - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text>`, ...drawn];
}

/** Colours that keep a contrast of 4.5 to 1 or more against the ground they are for; the ground is the page's own. */
function style(series: readonly string[]): string {
  const rules = (ink: string, faint: string, colours: readonly string[]) =>
    `text{fill:${ink}}.axis,.spread{stroke:${ink}}.mark{stroke:${faint}}` +
    series.map((_, at) => `.s${at}{fill:${colours[at % colours.length]}}`).join('');
  return (
    'text{font:12px system-ui,sans-serif}.title{font-size:15px;font-weight:600}.value,.note{font-size:11px}' +
    `.mark{stroke-dasharray:4 3}${rules('#1f2328', '#57606a', COLOURS_LIGHT)}` +
    `@media (prefers-color-scheme:dark){${rules('#e6edf3', '#9198a1', COLOURS_DARK)}}`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
