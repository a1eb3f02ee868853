import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVolumeMemory, type VolumeMemory } from '../channels/api/guards/volume-memory.ts';

/** How long what was learned may be in memory alone. */
const STORE_EVERY_MS = 60_000;
/** More than the largest memory takes as text. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface VolumeKeeper {
  readonly memory: VolumeMemory;
  /** Stores what is left, and nothing after that. */
  close(): void;
}

/**
 * Remembers how much each party usually gets, over restarts and reloads. A file that cannot be used is told of, and
 * learning begins anew; so is a file that cannot be written, once until it can.
 */
export function keepVolumes(data_folder: string, onNotice: (line: string) => void): VolumeKeeper {
  const path = join(data_folder, 'volumes.json');
  const memory = openMemory(path, onNotice);
  let failing = false;
  const save = (): void => {
    const text = memory.save();
    if (text === null) return;
    try {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
      failing = false;
    } catch (error) {
      if (failing) return;
      failing = true;
      const { code } = error as NodeJS.ErrnoException;
      onNotice(`the usual volume of answers cannot be stored (${code ?? 'unknown error'}); exchanges go on`);
    }
  };
  const timer = setInterval(save, STORE_EVERY_MS).unref();
  return {
    memory,
    close() {
      clearInterval(timer);
      save();
    },
  };
}

function openMemory(path: string, onNotice: (line: string) => void): VolumeMemory {
  try {
    if (statSync(path).size > MAX_BYTES) throw new SyntaxError('too large');
    return createVolumeMemory(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      onNotice(`${path} cannot be used: the usual volume of answers is learned anew`);
    }
    return createVolumeMemory(null);
  }
}
