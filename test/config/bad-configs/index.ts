/** Every wrong configuration there is. */

import { ADMIN } from './admin.ts';
import { APIS } from './api.ts';
import type { BadConfig } from './bad-config.ts';
import { DOCUMENTS } from './document.ts';
import { FILES } from './files.ts';
import { KEYS } from './keys.ts';
import { LISTENERS } from './listener.ts';
import { PARTIES } from './party.ts';
import { UNITS } from './units.ts';
import { UPSTREAMS } from './upstream.ts';

export const BAD_CONFIGS: readonly BadConfig[] = [
  ...DOCUMENTS,
  ...KEYS,
  ...LISTENERS,
  ...UNITS,
  ...APIS,
  ...UPSTREAMS,
  ...FILES,
  ...PARTIES,
  ...ADMIN,
];
