/** Loaded into a process that is asked for its heap; see heap.ts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 2000;

const folder = new URL(import.meta.url).searchParams.get('folder');
if (folder) {
  const path = join(folder, String(process.pid));
  const tell = () => writeFile(path, String(process.memoryUsage().heapUsed)).catch(() => undefined);
  setInterval(tell, EVERY_MS).unref();
}
