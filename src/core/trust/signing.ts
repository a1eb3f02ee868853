/** What a process needs that owns the key of a CA; nobody else loads it. */
export { readCaKey } from './ca-key.ts';
export { type IssuingCa, openIssuingCa } from './issuing-ca.ts';
export type { RandomBytes } from './leaf.ts';
export { diskFiles } from './server-identity.ts';
