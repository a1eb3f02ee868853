import type { Rule } from '../rule.ts';
import { CREDENTIAL_RULES } from './credentials.ts';
import { EXCEPTION_RULES } from './exceptions.ts';
import { INJECTION_RULES } from './injection.ts';
import { PERSONAL_DATA_RULES } from './personal-data.ts';
import { REFERENCE_RULES } from './references.ts';
import { SHELL_RULES } from './shell.ts';
import { SQL_RULES } from './sql.ts';
import { TEMPLATE_RULES } from './templates.ts';
import { TOKEN_RULES } from './tokens.ts';

/** Every rule there is, each with its own id. */
export const RULES: readonly Rule[] = [
  ...TOKEN_RULES,
  ...CREDENTIAL_RULES,
  ...EXCEPTION_RULES,
  ...PERSONAL_DATA_RULES,
  ...SQL_RULES,
  ...SHELL_RULES,
  ...TEMPLATE_RULES,
  ...INJECTION_RULES,
  ...REFERENCE_RULES,
];
