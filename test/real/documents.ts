/** Where the documents are, and the overlays beside this file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RealDocument } from './run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OVERLAYS = join(import.meta.dirname, 'overlays');
const LARGE = join('tools', 'specs', 'node_modules');

/** @param path below a node_modules folder */
export function documentOf(name: string, path: string, folder = 'node_modules'): RealDocument {
  const overlay = join(OVERLAYS, `${name}.overlay.yaml`);
  return {
    name,
    text: readFileSync(join(ROOT, folder, path), 'utf8'),
    overlay: existsSync(overlay) ? readFileSync(overlay, 'utf8') : null,
  };
}

export function largeDocument(name: string, path: string): RealDocument {
  return documentOf(name, path, LARGE);
}

/**
 * For the `skip` option of a test: the reason where the large documents are not installed, else false.
 *
 * @throws Error where they are missing and SALLYPORT_TOOLS is `required`
 */
export function missingDocuments(): string | false {
  if (existsSync(join(ROOT, LARGE))) return false;
  const reason = 'not installed: npm ci --ignore-scripts --prefix tools/specs';
  if (process.env['SALLYPORT_TOOLS'] === 'required') throw new Error(reason);
  return reason;
}
