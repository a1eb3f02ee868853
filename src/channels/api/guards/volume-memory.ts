import { type Amount, type History, learn, newHistory, type Series, unusual } from './volume.ts';

/** Histories of all parties and operations; the one used least recently is forgotten first. */
export interface VolumeMemory {
  /** Judges an answer by what came before, and remembers it. */
  observe(party: string, operation: string, amount: Amount): 'rows' | 'bytes' | null;
  /** Whether anything was observed since the last `text`. */
  readonly changed: boolean;
  /** All histories, as `createVolumeMemory` reads them. */
  text(): string;
}

/** Histories kept; each takes some 200 bytes of memory and of the file. */
const MOST_HISTORIES = 20_000;
const FORMAT = 1;

/**
 * @param saved the text of an earlier memory; null to begin anew
 * @throws SyntaxError where it is not that
 */
export function createVolumeMemory(saved: string | null): VolumeMemory {
  const histories = saved === null ? new Map<string, History>() : readSaved(saved);
  let changed = false;
  return {
    observe(party, operation, amount) {
      const key = `${party} ${operation}`;
      const history = histories.get(key) ?? newHistory();
      // Last in the order of insertion is what was used last.
      histories.delete(key);
      histories.set(key, history);
      if (histories.size > MOST_HISTORIES) histories.delete(histories.keys().next().value as string);
      const verdict = unusual(history, amount);
      learn(history, amount);
      changed = true;
      return verdict;
    },
    get changed() {
      return changed;
    },
    text() {
      changed = false;
      return JSON.stringify({ sallyport_volume: FORMAT, histories: Array.from(histories, written) });
    },
  };
}

type Written = readonly [key: string, answers: number, ...statistics: number[]];

function written([key, { answers, rows, bytes }]: [string, History]): Written {
  return [key, answers, ...[rows.mean, rows.spread, bytes.mean, bytes.spread].map((value) => Number(value.toFixed(4)))];
}

function readSaved(text: string): Map<string, History> {
  const saved: unknown = JSON.parse(text);
  const { sallyport_volume, histories } = (saved ?? {}) as { sallyport_volume?: unknown; histories?: unknown };
  if (sallyport_volume !== FORMAT || !Array.isArray(histories) || histories.length > MOST_HISTORIES) {
    throw new SyntaxError('no file of volumes');
  }
  return new Map(histories.map(readHistory));
}

function readHistory(entry: unknown): [string, History] {
  if (!Array.isArray(entry) || entry.length !== 6) throw new SyntaxError('no history');
  const [key, ...numbers] = entry as unknown[];
  if (typeof key !== 'string' || !numbers.every((value) => typeof value === 'number' && value >= 0)) {
    throw new SyntaxError('no history');
  }
  const [answers, ...statistics] = numbers as number[];
  const series = (at: number): Series => ({ mean: statistics[at] as number, spread: statistics[at + 1] as number });
  return [key, { answers: answers as number, rows: series(0), bytes: series(2) }];
}
