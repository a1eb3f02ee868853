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
  const known = new Recent();
  for (const [party, operation, history] of saved === null ? [] : readSaved(saved)) {
    if (!known.take(party, operation)) known.add(party, operation, history);
  }
  let changed = false;
  return {
    observe(party, operation, amount) {
      const history = known.take(party, operation) ?? known.add(party, operation, newHistory());
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
      return JSON.stringify({ sallyport_volume: FORMAT, histories: Array.from(known.all(), written) });
    },
  };
}

interface Entry {
  readonly party: string;
  readonly operation: string;
  readonly history: History;
  /** Used before and after this one; null at the ends. */
  earlier: Entry | null;
  later: Entry | null;
}

/**
 * Histories in the order of their use. Every answer uses one: the order is kept by links among entries that stay, because
 * a Map whose members are taken out and put in again is made anew all the time.
 */
class Recent {
  readonly #parties = new Map<string, Map<string, Entry>>();
  #size = 0;
  #first: Entry | null = null;
  #last: Entry | null = null;

  /** The history, which is now the one used last; null where there is none. */
  take(party: string, operation: string): History | null {
    const entry = this.#parties.get(party)?.get(operation);
    if (!entry) return null;
    if (entry !== this.#last) {
      this.#unlink(entry);
      this.#append(entry);
    }
    return entry.history;
  }

  /** Adds one that is not there, used last. The one used least recently makes room for it. */
  add(party: string, operation: string, history: History): History {
    const operations = this.#parties.get(party) ?? new Map<string, Entry>();
    this.#parties.set(party, operations);
    const entry: Entry = { party, operation, history, earlier: null, later: null };
    operations.set(operation, entry);
    this.#append(entry);
    if (++this.#size > MOST_HISTORIES) this.#forgetFirst();
    return history;
  }

  /** The one used last is last. */
  *all(): Generator<Entry> {
    for (let entry = this.#first; entry; entry = entry.later) yield entry;
  }

  #append(entry: Entry): void {
    entry.earlier = this.#last;
    entry.later = null;
    if (this.#last) this.#last.later = entry;
    else this.#first = entry;
    this.#last = entry;
  }

  #unlink(entry: Entry): void {
    const { earlier, later } = entry;
    if (earlier) earlier.later = later;
    else this.#first = later;
    if (later) later.earlier = earlier;
    else this.#last = earlier;
  }

  #forgetFirst(): void {
    const entry = this.#first as Entry;
    this.#unlink(entry);
    this.#size--;
    const operations = this.#parties.get(entry.party) as Map<string, Entry>;
    operations.delete(entry.operation);
    if (operations.size === 0) this.#parties.delete(entry.party);
  }
}

type Written = readonly [key: string, answers: number, ...statistics: number[]];

function written({ party, operation, history: { answers, rows, bytes } }: Entry): Written {
  return [
    `${party} ${operation}`,
    answers,
    ...[rows.mean, rows.spread, bytes.mean, bytes.spread].map((value) => Number(value.toFixed(4))),
  ];
}

function readSaved(text: string): [party: string, operation: string, history: History][] {
  const saved: unknown = JSON.parse(text);
  const { sallyport_volume, histories } = (saved ?? {}) as { sallyport_volume?: unknown; histories?: unknown };
  if (sallyport_volume !== FORMAT || !Array.isArray(histories) || histories.length > MOST_HISTORIES) {
    throw new SyntaxError('no file of volumes');
  }
  return histories.map(readHistory);
}

function readHistory(entry: unknown): [string, string, History] {
  if (!Array.isArray(entry) || entry.length !== 6) throw new SyntaxError('no history');
  const [key, ...numbers] = entry as unknown[];
  const blank = typeof key === 'string' ? key.indexOf(' ') : -1;
  if (typeof key !== 'string' || blank < 0 || !numbers.every((value) => typeof value === 'number' && value >= 0)) {
    throw new SyntaxError('no history');
  }
  const [answers, ...statistics] = numbers as number[];
  const series = (at: number): Series => ({ mean: statistics[at] as number, spread: statistics[at + 1] as number });
  // No id of a party holds a blank.
  return [key.slice(0, blank), key.slice(blank + 1), { answers: answers as number, rows: series(0), bytes: series(2) }];
}
