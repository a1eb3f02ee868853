import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';

import { parseJson, trim } from '../../src/protocol/json/index.ts';
import { compileSchema, type Direction } from '../../src/protocol/jsonschema/index.ts';
import { close, evaluate, type Schema } from './reference.ts';
import { documents, values } from './schemas.ts';

const VALUES_PER_SCHEMA = 12;
const cases = fc.tuple(documents, fc.array(values, { minLength: VALUES_PER_SCHEMA, maxLength: VALUES_PER_SCHEMA }));

function compile(schema: Schema, direction: Direction) {
  return compileSchema(schema, { dialect: '2020-12', document: schema, pointer: '', direction });
}

function ajvFor(schema: Schema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false });
  const validate = ajv.compile(withoutDiscriminators(schema) as object);
  return (value) => validate(value) as boolean;
}

/**
 * Whether ajv counts as evaluated what a branch evaluated before it failed, as in
 * `{anyOf: [true, {oneOf: [{properties: {a: true}}, true]}], unevaluatedProperties: false}` with `{"a": 1}`.
 */
function confusesAjv(schema: Schema): boolean {
  const text = JSON.stringify(schema);
  return text.includes('"unevaluated') && text.includes('"oneOf"');
}

/** Validity by ajv; by the reference where ajv is wrong. */
function standardFor(schema: Schema): (value: unknown) => boolean {
  return confusesAjv(schema) ? (value) => evaluate(schema, value, '', true, schema) !== null : ajvFor(schema);
}

/** To a validator of the standard a discriminator is a word: here it says the same in keywords. */
function withoutDiscriminators(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDiscriminators);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { discriminator, oneOf, anyOf, ...others } = schema as Record<string, unknown>;
  if (discriminator === undefined) {
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [keyword, withoutDiscriminators(value)]),
    );
  }
  const { mapping = {} } = discriminator as { mapping?: Record<string, string> };
  const names = { p: 'p', qq: 'qq', ...mapping };
  const branches = Object.entries(names).map(([name, target]) => ({
    properties: { a: { const: name } },
    required: ['a'],
    $ref: target.startsWith('#') ? target : `#/$defs/${target}`,
  }));
  const unnamed = { not: { required: ['a'] }, ...(oneOf === undefined ? { anyOf } : { oneOf }) };
  return { ...others, anyOf: [...branches, unnamed] };
}

describe('the schema walker against its oracles', () => {
  it('accepts in requests what ajv accepts', () => {
    fc.assert(
      fc.property(cases, ([schema, instances]) => {
        fc.pre(!confusesAjv(schema));
        const walker = compile(schema, 'request');
        const valid = ajvFor(schema);
        for (const value of instances) {
          const result = walker.check(parseJson(Buffer.from(JSON.stringify(value))));
          assert.equal(result.ok, valid(value), JSON.stringify({ schema, value, result }));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('calls undeclared in requests what the reference calls undeclared', () => {
    fc.assert(
      fc.property(cases, ([schema, instances]) => {
        const walker = compile(schema, 'request');
        for (const value of instances) {
          const tape = parseJson(Buffer.from(JSON.stringify(value)));
          const result = walker.check(tape);
          const marks = evaluate(schema, value, '', true, schema);
          assert.equal(result.ok, marks !== null);
          if (!result.ok || marks === null) continue;
          const kept: unknown = JSON.parse(trim(tape, result.undeclared).toString());
          assert.deepEqual(kept, close(value, '', marks), JSON.stringify({ schema, value }));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('trims responses as the reference does, to something that is valid and stays as it is', () => {
    let trimmedCount = 0;
    fc.assert(
      fc.property(cases, ([schema, instances]) => {
        const walker = compile(schema, 'response');
        const valid = standardFor(schema);
        for (const value of instances) {
          const tape = parseJson(Buffer.from(JSON.stringify(value)));
          const result = walker.check(tape);
          const marks = evaluate(schema, value, '', false, schema);
          const expected = marks === null ? undefined : close(value, '', marks);
          const context = JSON.stringify({ schema, value, result, expected });
          if (!result.ok) {
            // Refused: by the schema, or because nothing that may be sent would be valid or final.
            assert.ok(expected === undefined || !valid(expected) || !isFinal(schema, expected), context);
            continue;
          }
          const out = trim(tape, result.undeclared, result.fills);
          if (out !== tape.source) trimmedCount++;
          assert.deepEqual(JSON.parse(out.toString()), expected, context);
          assert.ok(valid(expected), context);
          const again = parseJson(out);
          const second = walker.check(again);
          assert.ok(second.ok && trim(again, second.undeclared, second.fills) === again.source, context);
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(trimmedCount > 100, `only ${trimmedCount} answers were trimmed`);
  });
});

/** How a text writes each name and scalar of the generated values. */
const spellings = fc.record({
  '0': fc.constantFrom('0', '-0', '0.0', '0e5'),
  '1': fc.constantFrom('1', '1.0', '1e0', '10E-1', '0.1e+1'),
  '2': fc.constantFrom('2', '2.00', '20e-1'),
  '1.5': fc.constantFrom('1.5', '1.50', '15e-1'),
  '"p"': fc.constantFrom('"p"', '"\\u0070"'),
  '"a"': fc.constantFrom('"a"', '"\\u0061"'),
  '"x"': fc.constantFrom('"x"', '"\\u0078"'),
});

function spelled(value: unknown, spelling: Readonly<Record<string, string>>, blank: string): string {
  const write = (each: unknown): string => {
    const text = JSON.stringify(each);
    return spelling[text] ?? text;
  };
  if (Array.isArray(value)) return `[${blank}${value.map((each) => spelled(each, spelling, blank)).join(`,${blank}`)}]`;
  if (typeof value !== 'object' || value === null) return write(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${write(name)}${blank}:${spelled(each, spelling, blank)}`,
  );
  return `{${members.join(`${blank},`)}${blank}}`;
}

describe('the text of a trimmed answer', () => {
  it('is the text as it came, less what is undeclared: digits, escapes and order stay', () => {
    let trimmedCount = 0;
    fc.assert(
      fc.property(cases, spellings, fc.constantFrom('', ' ', '\n\t'), ([schema, instances], spelling, blank) => {
        const walker = compile(schema, 'response');
        for (const value of instances) {
          const tape = parseJson(Buffer.from(spelled(value, spelling, blank)));
          const result = walker.check(tape);
          if (!result.ok) continue;
          const out = trim(tape, result.undeclared, result.fills).toString();
          const marks = evaluate(schema, value, '', false, schema);
          assert.ok(marks !== null, JSON.stringify({ schema, value }));
          const expected = close(value, '', marks);
          if (result.undeclared.length > 0) trimmedCount++;
          assert.equal(out.replaceAll(/\s/gu, ''), spelled(expected, spelling, ''), JSON.stringify({ schema, value }));
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(trimmedCount > 100, `only ${trimmedCount} answers were trimmed`);
  });
});

function isFinal(schema: Schema, value: unknown): boolean {
  const marks = evaluate(schema, value, '', true, schema);
  return marks !== null && JSON.stringify(close(value, '', marks)) === JSON.stringify(value);
}
