/** Where something stands in a file. */
export interface SourcePosition {
  /** The file as the user named it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

/** The steps from the top of a file to a value: keys and list indices. */
export type KeyPath = readonly PropertyKey[];

/** Remembers where every key and every value of one file stands. */
export class Positions {
  readonly #keys = new Map<string, SourcePosition>();
  readonly #values = new Map<string, SourcePosition>();
  readonly #top: SourcePosition;

  constructor(file: string) {
    this.#top = { file, line: 1, column: 1 };
  }

  setKey(path: KeyPath, position: SourcePosition): void {
    this.#keys.set(id(path), position);
  }

  setValue(path: KeyPath, position: SourcePosition): void {
    this.#values.set(id(path), position);
  }

  /** Where the key stands, or for an item of a list the item; else the nearest thing around it. */
  key(path: KeyPath): SourcePosition {
    return this.#nearest(path, (id) => this.#keys.get(id) ?? this.#values.get(id));
  }

  /** Where the value stands; where there is none, its key or the nearest thing around it. */
  value(path: KeyPath): SourcePosition {
    return this.#nearest(path, (id) => this.#values.get(id) ?? this.#keys.get(id));
  }

  #nearest(path: KeyPath, find: (id: string) => SourcePosition | undefined): SourcePosition {
    const exact = find(id(path));
    if (exact) return exact;
    return path.length === 0 ? this.#top : this.key(path.slice(0, -1));
  }
}

function id(path: KeyPath): string {
  return JSON.stringify(path.map((step) => (typeof step === 'number' ? step : String(step))));
}
