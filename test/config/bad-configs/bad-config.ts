/**
 * One thing wrong at a time, and exactly what the user is told. `seen` says that an editor with the JSON Schema
 * marks it too; the others are about syntax, files, bounds of units, or names elsewhere.
 */
export interface BadConfig {
  readonly name: string;
  readonly file: 'gate' | 'party';
  /** The text to replace in the sound file; null replaces all of it. */
  readonly from: string | null;
  readonly to: string;
  readonly seen: boolean;
  readonly faults: readonly string[];
}
