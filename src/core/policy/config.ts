/** What a configuration says about policies. */
import { fileGlob } from '../settings/config.ts';

/** Where the Cedar policies are. */
export const policiesConfig = fileGlob(
  'The Cedar policy files. What no policy permits is refused.',
  'policies/*.cedar',
);
