import type { GateConfig } from '../config/load.ts';
import type { StoredFiles } from './project-files.ts';

/**
 * Everything a plan is made from, as one process found it and another can load it again: the plan in force must not
 * depend on what stands on disk by the time a worker starts anew. Holds private keys; never to be written or logged.
 */
export interface StoredPlan {
  /** The configuration as JSON. */
  readonly config: string;
  readonly files: StoredFiles;
  /** Unix milliseconds at which it was judged. */
  readonly judged_ms: number;
  /** Keys of the session tickets of each listener, base64. */
  readonly ticket_keys: readonly string[];
}

/** A configuration is plain data, but for its URLs. */
export function storeConfig(config: GateConfig): string {
  return JSON.stringify(config);
}

export function restoreConfig(text: string): GateConfig {
  return JSON.parse(text, (key, value) => (key === 'url' && typeof value === 'string' ? new URL(value) : value));
}
