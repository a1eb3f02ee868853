import { pointerTo } from '../../../contract/pointer.ts';
import { found, good, type LintRule, type Verdict } from '../rule.ts';

/** Forms that only secrets have. The prefixes are those their issuers publish. */
const SECRETS: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,90})\b/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20}\b/],
  ['a Slack token', /\bxox[abposr]-[A-Za-z0-9-]{20,90}/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,90}\b/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}\b/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,2000}/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/:@]{1,100}@/],
];
const HOLDERS = new Set(['example', 'examples', 'default', 'value']);

export const secretInExample: LintRule = {
  id: 'secret-in-example',
  severity: 'danger',
  controls: ['LOG-5', 'DATA-6'],
  title: 'A secret in an example',
  why: 'Contracts are passed on to partners and kept in repositories; a real secret in an example is published.',
  fix: 'Withdraw it where it was issued, then write an example that cannot be one.',
  document({ document }) {
    const verdicts: Verdict[] = [];
    searchExamples(document.root, '', false, verdicts);
    return verdicts;
  },
};

/** Depth is that of the text, which its reader has bounded. */
function searchExamples(value: unknown, pointer: string, example: boolean, verdicts: Verdict[]): void {
  if (typeof value === 'string') {
    if (example && value.length >= 8) verdicts.push(verdictOn(value, pointer));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    searchExamples(child, pointerTo(pointer, key), example || HOLDERS.has(key), verdicts);
  }
}

function verdictOn(text: string, pointer: string): Verdict {
  const secret = SECRETS.find(([, form]) => form.test(text));
  return secret ? found(pointer, `the example looks like ${secret[0]}`) : good(pointer);
}
