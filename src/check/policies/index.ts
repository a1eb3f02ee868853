import type { Policy } from '../policy.ts';
import { mozillaIntermediate, mozillaModern } from './mozilla-6.0.ts';
import { ncscNl2025 } from './ncsc-nl-2025.ts';
import { sallyport1 } from './sallyport-1.ts';

/** Every policy by its id, the default first. */
export const POLICIES: ReadonlyMap<string, Policy> = new Map(
  [sallyport1, mozillaModern, mozillaIntermediate, ncscNl2025].map((policy) => [policy.id, policy]),
);

export const DEFAULT_POLICY: Policy = sallyport1;
