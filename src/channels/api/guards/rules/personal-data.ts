/** Formats of personal data, wherever they stand in a text. */
import { ALPHANUMERIC, allBut, CAPITALS, characters } from '../characters.ts';
import { byteAt, patternRule, type Rule } from '../rule.ts';
import { luhn, mod97 } from './check-digits.ts';
import { NATIONAL_ID_RULES } from './national-ids.ts';

const guard = 'personal-data';

const LOCAL_END = characters('A-Za-z0-9_%+-');

/** RFC 5321 section 4.1.2 as far as it is used: a dot-string, and a domain whose last label is letters. */
const email = patternRule({
  id: 'email',
  guard,
  anchors: ['@'],
  pattern:
    /(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9_-])/,
  before: 65,
  behind: 128,
  preceded_by: LOCAL_END,
  near: (text, _at, end) => ALPHANUMERIC[byteAt(text, end)] === 1,
  // RFC 2606: set aside for examples. RFC 6761: never resolved. Addresses of ssh remotes are no people.
  holds: ([address]) =>
    !/@(?:.{1,255}\.)?example\.(?:com|org|net)$|\.(?:example|invalid|test|localhost)$|^git@/i.test(address),
});

/** ISO/IEC 7812: known issuers, their lengths, and the check digit; digits together or in the usual groups. */
const card = patternRule({
  id: 'payment-card',
  guard,
  anchors: ['0000000000000', '0000 0000 0000', '0000-0000-0000', '0000 000000 0000', '0000-000000-0000'],
  pattern:
    /(?<![A-Za-z0-9._=/-])(?:[0-9]{13,19}|[0-9]{4}(?:([ -])[0-9]{4}){3}|3[47][0-9]{2}([ -])[0-9]{6}\2[0-9]{5})(?![A-Za-z0-9_=/-]|[.][0-9])/,
  behind: 24,
  // What the pattern lets stand before it; the groups of a UUID stand behind hyphens.
  preceded_by: allBut('A-Za-z0-9._=/-'),
  holds: ([text]) => isCard(text.replace(/[ -]/g, '')),
});

const ISSUERS =
  /^(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)[0-9]+|3[47][0-9]{13}|3(?:0[0-5]|[68])[0-9]{11,14}|(?:6011|64[4-9]|65)[0-9]+|35(?:2[89]|[3-8])[0-9]+|62[0-9]+|(?:5018|5020|5038|6304|6759|676[1-3])[0-9]+)$/;

function isCard(digits: string): boolean {
  if (digits[0] === '5' || digits[0] === '2') return digits.length === 16 && ISSUERS.test(digits) && luhn(digits);
  return digits.length >= 13 && ISSUERS.test(digits) && luhn(digits) && new Set(digits).size > 1;
}

/** ISO 13616: country, check digits, and the length the country has; together or in groups of four. */
const iban = patternRule({
  id: 'iban',
  guard,
  anchors: Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}00`),
  pattern:
    /(?<![A-Za-z0-9_=/-])[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)(?![A-Za-z0-9_=/-])/,
  before: 2,
  behind: 44,
  // A letter and two digits stand in every other identifier: two capitals that begin something do not.
  preceded_by: CAPITALS,
  near: (text, at) => CAPITALS[byteAt(text, at)] === 1 && ALPHANUMERIC[byteAt(text, at - 2)] !== 1,
  holds: ([text]) => isIban(text.replaceAll(' ', '')),
});

// biome-ignore format: a table
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28, CZ: 24,
  DE: 22, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28,
  HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LI: 21, LT: 20, LU: 20, LV: 21,
  MC: 27, MD: 24, ME: 22, MK: 19, MR: 27, MT: 31, MU: 30, NL: 18, NO: 15, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24,
  RS: 22, SA: 24, SE: 24, SI: 19, SK: 24, SM: 27, TN: 24, TR: 26, UA: 29, VG: 24, XK: 20,
};

function isIban(text: string): boolean {
  return IBAN_LENGTHS[text.slice(0, 2)] === text.length && mod97(text.slice(4) + text.slice(0, 4)) === 1;
}

/** ITU-T E.164: a plus, a country code and at most 15 digits, with the separators people write. */
const phone = patternRule({
  id: 'phone',
  guard,
  anchors: ['+0'],
  pattern: /\+[1-9](?:[ .()-]{0,2}[0-9]){7,14}(?![A-Za-z0-9_=/+-])/,
  behind: 48,
  // A plus in base64, versions or arithmetic stands behind something that belongs to it.
  near: (text, at) => at === text.start || /[\s(:;,>"'[]/.test(String.fromCharCode(byteAt(text, at - 1))),
});

export const PERSONAL_DATA_RULES: readonly Rule[] = [email, card, iban, phone, ...NATIONAL_ID_RULES];
