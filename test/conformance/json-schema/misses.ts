import type { Draft } from './suite.ts';

/**
 * By reason, file and group: the tests whose verdict differs, or `load` for a schema that is refused. The reasons are
 * those of docs/divergences.md.
 */
export type Misses = Readonly<Record<string, Files>>;
type Files = Readonly<Record<string, Groups>>;
type Groups = Readonly<Record<string, 'load' | readonly string[]>>;

const FORBIDDEN_NAMES = {
  'properties.json': {
    'properties whose names are Javascript object property names': ['__proto__ not valid', 'all present and valid'],
  },
  'required.json': {
    'required properties whose names are Javascript object property names': ['__proto__ present', 'all present'],
  },
};

const DRAFT_2020_12: Misses = {
  'JSON: a member named __proto__ is refused': FORBIDDEN_NAMES,
  'JSON Schema: $schema names 2020-12 or the OpenAPI dialect, no other metaschema': {
    'vocabulary.json': {
      'schema that uses custom metaschema with with no validation vocabulary': 'load',
      'ignore unrecognized optional vocabulary': 'load',
    },
    'optional/cross-draft.json': { 'refs to historic drafts are processed as historic drafts': 'load' },
    'optional/format-assertion.json': {
      'schema that uses custom metaschema with format-assertion: false': 'load',
      'schema that uses custom metaschema with format-assertion: true': 'load',
    },
  },
  'JSON Schema: email has no quoted local parts': {
    'optional/format/email.json': {
      'validation of e-mail addresses': [
        'a quoted string with a space in the local part is valid',
        'a quoted string with a double dot in the local part is valid',
        'a quoted string with a @ in the local part is valid',
      ],
    },
  },
  'JSON Schema: the formats idn-hostname and regex are not asserted': {
    'optional/ecmascript-regex.json': {
      '\\a is not an ECMA 262 control escape': ['when used as a pattern'],
    },
    'optional/format/regex.json': {
      'validation of regular expressions': ['a regular expression with unclosed parens is invalid'],
    },
    'optional/format/idn-hostname.json': {
      'validation of internationalized host names': [
        'illegal first char U+302E Hangul single dot tone mark',
        'contains illegal char U+302E Hangul single dot tone mark',
        'a host name with a component too long',
        'invalid label, correct Punycode',
        'invalid Punycode',
        'U-label contains "--" in the 3rd and 4th position',
        'U-label starts with a dash',
        'U-label ends with a dash',
        'U-label starts and ends with a dash',
        'Begins with a Spacing Combining Mark',
        'Begins with a Nonspacing Mark',
        'Begins with an Enclosing Mark',
        'Exceptions that are DISALLOWED, right-to-left chars',
        'Exceptions that are DISALLOWED, left-to-right chars',
        "MIDDLE DOT with no preceding 'l'",
        'MIDDLE DOT with nothing preceding',
        "MIDDLE DOT with no following 'l'",
        'MIDDLE DOT with nothing following',
        'Greek KERAIA not followed by Greek',
        'Greek KERAIA not followed by anything',
        'Hebrew GERESH not preceded by Hebrew',
        'Hebrew GERESH not preceded by anything',
        'Hebrew GERSHAYIM not preceded by Hebrew',
        'Hebrew GERSHAYIM not preceded by anything',
        'KATAKANA MIDDLE DOT with no Hiragana, Katakana, or Han',
        'KATAKANA MIDDLE DOT with no other characters',
        'Arabic-Indic digits mixed with Extended Arabic-Indic digits',
        'ZERO WIDTH JOINER not preceded by Virama',
        'ZERO WIDTH JOINER not preceded by anything',
      ],
    },
  },
};

const DRAFT_4: Misses = {
  'JSON: a member named __proto__ is refused': FORBIDDEN_NAMES,
  'OpenAPI 3.0: items is one schema, not a list': {
    'additionalItems.json': {
      'additionalItems as schema': 'load',
      'array of items with no additionalItems permitted': 'load',
      'additionalItems are allowed by default': 'load',
      'additionalItems does not look in applicators, valid case': 'load',
      'additionalItems does not look in applicators, invalid case': 'load',
      'items validation adjusts the starting index for additionalItems': 'load',
    },
    'items.json': {
      'an array of schemas for items': 'load',
      'items and subitems': 'load',
      'array-form items with null instance elements': 'load',
    },
    'ref.json': { 'relative pointer ref to array': 'load' },
    'uniqueItems.json': {
      'uniqueItems with an array of items': 'load',
      'uniqueItems with an array of items and additionalItems=false': 'load',
      'uniqueItems=false with an array of items': 'load',
      'uniqueItems=false with an array of items and additionalItems=false': 'load',
    },
  },
  'OpenAPI 3.0: what would assert something beside $ref is refused': {
    'ref.json': { 'ref overrides any sibling keywords': 'load' },
  },
  'OpenAPI 3.0: schemas have no identifiers, and references lead into the same document': {
    'definitions.json': { 'validate definition against metaschema': 'load' },
    'id.json': { 'id inside an enum is not a real identifier': 'load' },
    'ref.json': {
      '$ref prevents a sibling id from changing the base uri': 'load',
      'remote ref, containing refs itself': 'load',
      'Recursive references between schemas': 'load',
      'Location-independent identifier': 'load',
      'Location-independent identifier with base URI change in subschema': 'load',
      'id must be resolved against nearest parent, not just immediate parent': 'load',
    },
    'refRemote.json': {
      'remote ref': 'load',
      'fragment within remote ref': 'load',
      'ref within remote ref': 'load',
      'base URI change': 'load',
      'base URI change - change folder': 'load',
      'base URI change - change folder in subschema': 'load',
      'root ref in remote ref': 'load',
      'Location-independent identifier in remote ref': 'load',
    },
  },
  'OpenAPI 3.0: 1.0 is an integer, as in every later draft': {
    'optional/zeroTerminatedFloats.json': {
      'some languages do not distinguish between different types of numeric value': [
        'a float is not an integer even without fractional part',
      ],
    },
  },
};

export const MISSES: Readonly<Record<Draft, Misses>> = { 'draft2020-12': DRAFT_2020_12, draft4: DRAFT_4 };
