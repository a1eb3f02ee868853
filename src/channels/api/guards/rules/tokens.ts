/** Tokens with a published form: a prefix, then so many characters of a set, then something else. */
import { crc32 } from 'node:zlib';
import {
  ALPHANUMERIC,
  BASE64,
  BASE64URL,
  begins,
  type CharacterSet,
  characters,
  exactRun,
  LOWER_HEX,
  standsAt,
} from '../characters.ts';
import { byteRule, type InspectedText, latin1, type Rule, type Span } from '../rule.ts';

interface TokenForm {
  readonly prefixes: readonly string[];
  readonly set: CharacterSet;
  /** Characters behind the prefix. */
  readonly min: number;
  readonly max: number;
  /** What must follow the run. */
  readonly suffix?: string;
  /** Held against the characters behind the prefix. */
  readonly holds?: (body: string) => boolean;
}

function tokenRule(id: string, forms: readonly TokenForm[]): Rule {
  return byteRule({
    id,
    guard: 'secrets',
    anchors: [...new Set(forms.flatMap(({ prefixes }) => prefixes.map((prefix) => prefix.replace(/[0-9]/g, '0'))))],
    find(text, at) {
      for (const form of forms) {
        const found = findToken(text, at, form);
        if (found) return found;
      }
      return null;
    },
  });
}

function findToken(text: InspectedText, at: number, form: TokenForm): Span | null {
  const prefix = form.prefixes.find((letters) => standsAt(text, at, letters));
  if (prefix === undefined || !begins(text, at, ALPHANUMERIC)) return null;
  const body = exactRun(text, at + prefix.length, form);
  if (!body) return null;
  const { suffix = '', holds } = form;
  if (!standsAt(text, body.end, suffix)) return null;
  if (holds && !holds(latin1(text, body.start, body.end))) return null;
  return { start: at, end: body.end + suffix.length };
}

const BASE32 = characters('A-Z2-7');
const UPPER_ALPHANUMERIC = characters('A-Z0-9');
const STRIPE = characters('A-Za-z0-9_');
const DASHED = characters('A-Za-z0-9-');

/** Longest run behind a prefix whose length is not fixed. */
const OPEN = 200;

const exactly = (length: number) => ({ min: length, max: length });
const atLeast = (min: number) => ({ min, max: OPEN });

/**
 * Behind the random part stand six characters: its CRC-32 in base 62. Text that merely looks like a token fails.
 * https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
 */
function hasGithubChecksum(body: string): boolean {
  let sum = crc32(body.slice(0, -6));
  let written = '';
  for (let place = 0; place < 6; place++) {
    written = BASE62.charAt(sum % 62) + written;
    sum = Math.floor(sum / 62);
  }
  return body.endsWith(written);
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Documentation and tests write such in place of random characters. */
function isVaried(body: string): boolean {
  return new Set(body).size >= 8;
}

const isMixed = (body: string): boolean => isVaried(body) && /[0-9]/.test(body) && /[A-Za-z]/.test(body);

// biome-ignore format: a table
export const TOKEN_RULES: readonly Rule[] = [
  tokenRule('aws-access-key', [{ prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], set: BASE32, ...exactly(16), holds: isVaried }]),
  tokenRule('gcp-key', [
    { prefixes: ['AIza'], set: BASE64URL, ...exactly(35), holds: isMixed },
    { prefixes: ['GOCSPX-'], set: BASE64URL, ...exactly(28), holds: isVaried },
    { prefixes: ['ya29.'], set: BASE64URL, ...atLeast(40), holds: isMixed },
  ]),
  tokenRule('azure-key', [
    { prefixes: ['AccountKey=', 'SharedAccessKey='], set: BASE64, ...exactly(86), suffix: '==' },
    { prefixes: ['SharedAccessKey='], set: BASE64, ...exactly(43), suffix: '=' },
  ]),
  tokenRule('github-token', [
    { prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], set: ALPHANUMERIC, ...exactly(36), holds: hasGithubChecksum },
    { prefixes: ['github_pat_'], set: STRIPE, ...exactly(82), holds: isMixed },
  ]),
  tokenRule('npm-token', [{ prefixes: ['npm_'], set: ALPHANUMERIC, ...exactly(36), holds: hasGithubChecksum }]),
  tokenRule('gitlab-token', [
    { prefixes: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glft-', 'glsoat-', 'glcbt-', 'glagent-', 'glimt-', 'gloas-'], set: BASE64URL, min: 20, max: 80, holds: isMixed },
  ]),
  tokenRule('slack-token', [
    { prefixes: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xapp-'], set: DASHED, ...atLeast(20), holds: (body) => /^[0-9]{1,2}-|^[0-9]{9,13}-/.test(body) && isMixed(body) },
  ]),
  tokenRule('stripe-key', [
    { prefixes: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'], set: STRIPE, ...atLeast(24), holds: isMixed },
  ]),
  tokenRule('service-token', [
    { prefixes: ['sk-ant-'], set: BASE64URL, ...atLeast(32), holds: isMixed },
    { prefixes: ['hf_'], set: ALPHANUMERIC, ...exactly(34), holds: isVaried },
    { prefixes: ['dop_v1_', 'doo_v1_'], set: LOWER_HEX, ...exactly(64) },
    { prefixes: ['pypi-AgEIcHlwaS5vcmc'], set: BASE64URL, ...atLeast(50) },
    { prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], set: characters('A-Fa-f0-9'), ...exactly(32), holds: isVaried },
    { prefixes: ['hvs.', 'hvb.'], set: BASE64URL, min: 90, max: OPEN, holds: isMixed },
    { prefixes: ['dckr_pat_'], set: BASE64URL, ...exactly(27), holds: isMixed },
    { prefixes: ['AGE-SECRET-KEY-1'], set: UPPER_ALPHANUMERIC, ...exactly(58) },
    { prefixes: ['SG.'], set: characters('A-Za-z0-9_.-'), ...exactly(66), holds: (body) => body.charAt(22) === '.' && isMixed(body) },
  ]),
];
