import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.ts';
import { has, LAYER_NAMES, LAYERS, type LayerName } from '../layers/layers.ts';
import type { LayerOptions } from '../layers/serve.ts';
import { ownFolder, type TargetKind } from './target.ts';

const MEMORY_FOLDER = '/dev/shm';

export const layers: readonly TargetKind[] = LAYER_NAMES.map(layerTarget);

function layerTarget(layer: LayerName): TargetKind {
  return {
    name: `+${layer}`,
    does: LAYERS[layer],
    does_not: '',
    claims: {
      mtls: has(layer, 'authenticate'),
      trims: has(layer, 'filter'),
      judges_bodies: has(layer, 'validate'),
    },
    compiles: true,
    missing: () => null,
    async start({ site }) {
      const in_memory = !has(layer, 'durable');
      const folder = in_memory
        ? mkdtempSync(join(memoryFolder(), 'sallyport-bench-'))
        : ownFolder(site, `layer-${layer}`);
      const data = join(folder, 'data');
      mkdirSync(data, { mode: 0o700 });
      const guards_off = !has(layer, 'guards');
      const config = site.configure({ name: `layer-${layer}`, data, workers: null, guards_off });
      const options: LayerOptions = { layer, config };
      const child = startChild('layer', options);
      const port = await child.next<number>();
      return {
        pid: child.pid,
        load: { port, ca: site.ca, identity: site.identity },
        audit_folder: has(layer, 'record') ? join(data, 'audit') : null,
        stop: child.stop,
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

function memoryFolder(): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    return MEMORY_FOLDER;
  } catch {
    return tmpdir();
  }
}
