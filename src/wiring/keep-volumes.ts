import { join } from 'node:path';
import { createVolumeMemory, type VolumeMemory } from '../channels/api/guards/volume-memory.ts';
import { type Keeper, keepFile, readKept } from './kept-file.ts';

/** More than the largest memory takes as text. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface VolumeKeeper extends Keeper {
  readonly memory: VolumeMemory;
}

/** Remembers how much each party usually gets, over restarts and reloads. */
export function keepVolumes(data_folder: string, slot: number, onNotice: (line: string) => void): VolumeKeeper {
  // Each worker learns from its own share of the traffic.
  const path = join(data_folder, slot === 1 ? 'volumes.json' : `volumes.${slot}.json`);
  const memory = openMemory(path, onNotice);
  const source = {
    path,
    changed: () => memory.changed,
    text: () => memory.text(),
    what: 'the usual volume of answers',
  };
  return { ...keepFile(source, onNotice), memory };
}

/** A file that cannot be used is told of, and learning begins anew. */
function openMemory(path: string, onNotice: (line: string) => void): VolumeMemory {
  const kept = readKept(path, MAX_BYTES);
  if (kept === null) return createVolumeMemory(null);
  const memory = kept === 'damaged' ? null : savedMemory(kept.text);
  if (memory) return memory;
  onNotice(`${path} cannot be used: the usual volume of answers is learned anew`);
  return createVolumeMemory(null);
}

function savedMemory(text: string): VolumeMemory | null {
  try {
    return createVolumeMemory(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
