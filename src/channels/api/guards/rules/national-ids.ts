/**
 * Numbers that states give to people. Only those with a check digit, or with a form that little else has: a plain run of
 * digits is an order number more often than a person.
 */
import { allBut, CAPITALS, type CharacterSet, characters } from '../characters.ts';
import { patternRule, type Rule } from '../rule.ts';
import { isDate, luhn, weighted } from './check-digits.ts';

const guard = 'personal-data';

/** No letter, digit, dot-digit or dash goes on at either end. */
const HEAD = '(?<![A-Za-z0-9_.:/=-])';
const TAIL = '(?![A-Za-z0-9_=/-]|[.][0-9])';

/** What HEAD lets stand before the first digit. */
const OPENS = allBut('A-Za-z0-9_.:/=-');
const OPENS_OR_DIGIT = allBut('A-Za-z_.:/=-');
/** One form: `pattern` is without its ends, which are the same for all. Most begin with their anchor. */
function form(
  id: string,
  anchors: readonly string[],
  pattern: string,
  more: {
    readonly before?: number;
    readonly preceded_by?: CharacterSet;
    readonly holds: (digits: string, text: string) => boolean;
  },
): Rule {
  const { before = 0, preceded_by = OPENS, holds } = more;
  return patternRule({
    id,
    guard,
    anchors,
    pattern: new RegExp(`${HEAD}(?:${pattern})${TAIL}`),
    before,
    behind: 40,
    preceded_by,
    holds: ([text]) => holds(text.replace(/\D/g, ''), text),
  });
}

/** Estonia and Lithuania: century and sex, birth date, serial, and a sum that is taken twice where it comes out 10. */
function isBalticCode(digits: string): boolean {
  if (!isDate(digits.slice(5, 7), digits.slice(3, 5))) return false;
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const sum = first === 10 ? weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 : first;
  return (sum === 10 ? 0 : sum) === Number(digits[10]);
}

function isLatvianCode(digits: string): boolean {
  if (!isDate(digits.slice(0, 2), digits.slice(2, 4))) return false;
  const sum = (1101 - weighted(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
  return sum === Number(digits[10]);
}

const FINNISH_CHECKS = '0123456789ABCDEFHJKLMNPRSTUVWXY';

function isFinnishCode(digits: string, text: string): boolean {
  const number = Number(digits.slice(0, 9));
  return isDate(text.slice(0, 2), text.slice(2, 4)) && FINNISH_CHECKS[number % 31] === text.at(-1);
}

function isNorwegianNumber(digits: string): boolean {
  if (!isDate(digits.slice(0, 2), digits.slice(2, 4))) return false;
  return (
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

/** PESEL: the month carries the century. */
function isPolishNumber(digits: string): boolean {
  const month = String(Number(digits.slice(2, 4)) % 20);
  return isDate(digits.slice(4, 6), month) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Spain's DNI: the number names its letter. */
function isSpanishNumber(digits: string, text: string): boolean {
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits.slice(0, 8)) % 23] === text.at(-1);
}

/** France's NIR: sex, year, month, place, serial, and 97 less the rest. */
function isFrenchNumber(digits: string): boolean {
  const month = Number(digits.slice(3, 5));
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42))) return false;
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13));
}

/** Italy's codice fiscale: what a character counts for depends on whether its place is odd. */
function isItalianCode(_digits: string, text: string): boolean {
  let sum = 0;
  for (let place = 0; place < 15; place++) {
    const value = Number.parseInt(text[place] as string, 36);
    const index = value > 9 ? value - 10 : value;
    sum += place % 2 === 0 ? (ITALIAN_ODD[index] as number) : index;
  }
  return String.fromCharCode(0x41 + (sum % 26)) === text[15];
}

const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Never given out: area 000, 666 and 900 to 999, group 00, serial 0000; and those that advertisements made famous. */
function isSocialSecurityNumber(digits: string): boolean {
  const [area, group, serial] = [digits.slice(0, 3), digits.slice(3, 5), digits.slice(5)];
  if (area === '000' || area === '666' || area >= '900' || group === '00' || serial === '0000') return false;
  return digits !== '078051120' && digits !== '219099999' && digits !== '123456789';
}

const ALWAYS = { holds: () => true };

export const NATIONAL_ID_RULES: readonly Rule[] = [
  form('us-ssn', ['000-00-0000'], '[0-9]{3}-[0-9]{2}-[0-9]{4}', { holds: isSocialSecurityNumber }),
  form(
    'uk-nino',
    ['000000', '00 00 00 '],
    '(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[0-9]{6}| [0-9]{2} [0-9]{2} [0-9]{2} )[A-D]',
    {
      ...ALWAYS,
      before: 3,
      preceded_by: characters('A-Z '),
    },
  ),
  form('ee-lt-personal-code', ['00000000000'], '[1-6][0-9]{10}', { holds: isBalticCode }),
  form('lv-personal-code', ['000000-00000'], '[0-9]{6}-[0-9]{5}', { holds: isLatvianCode }),
  form('fi-personal-code', ['000000-000', '000000a000', '000000+000'], '[0-9]{6}[-+A][0-9]{3}[0-9A-FHJ-NPR-Y]', {
    holds: isFinnishCode,
  }),
  form('se-personal-number', ['000000-0000', '000000+0000'], '(?:19|20)?[0-9]{6}[-+][0-9]{4}', {
    before: 2,
    preceded_by: OPENS_OR_DIGIT,
    holds: (digits) => isDate(digits.slice(-6, -4), digits.slice(-8, -6)) && luhn(digits.slice(-10)),
  }),
  form('no-birth-number', ['00000000000', '000000 00000'], '[0-9]{6} ?[0-9]{5}', { holds: isNorwegianNumber }),
  form('pl-pesel', ['00000000000'], '[0-9]{11}', { holds: isPolishNumber }),
  form('es-dni', ['00000000'], '[0-9]{8}-?[A-HJ-NP-TV-Z]', { holds: isSpanishNumber }),
  form(
    'fr-nir',
    ['0 00 00 00 000 000 00', '000000000000000'],
    '[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}',
    {
      holds: isFrenchNumber,
    },
  ),
  form(
    'it-codice-fiscale',
    ['00a00', '00b00', '00c00', '00d00', '00e00', '00h00', '00l00', '00m00', '00p00', '00r00', '00s00', '00t00'],
    '[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]',
    {
      before: 6,
      preceded_by: CAPITALS,
      holds: isItalianCode,
    },
  ),
];
