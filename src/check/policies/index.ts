import type { Policy } from '../policy.ts';
import { sallyport1 } from './sallyport-1.ts';

/** Every policy by its id, the default first. */
export const POLICIES: ReadonlyMap<string, Policy> = new Map([sallyport1].map((policy) => [policy.id, policy]));

export const DEFAULT_POLICY: Policy = sallyport1;
