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
  const validate = ajv.compile(schema as object);
  return (value) => validate(value) as boolean;
}

describe('the schema walker against its oracles', () => {
  it('accepts in requests what ajv accepts', () => {
    fc.assert(
      fc.property(cases, ([schema, instances]) => {
        const walker = compile(schema, 'request');
        const valid = ajvFor(schema);
        for (const value of instances) {
          const result = walker.check(parseJson(Buffer.from(JSON.stringify(value))));
          assert.equal(result.ok, valid(value), JSON.stringify({ schema, value, result }));
        }
      }),
      { numRuns: 150 },
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
      { numRuns: 600 },
    );
  });

  it('trims responses as the reference does, to something that is valid and stays as it is', () => {
    let trimmedCount = 0;
    fc.assert(
      fc.property(cases, ([schema, instances]) => {
        const walker = compile(schema, 'response');
        const valid = ajvFor(schema);
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
      { numRuns: 300 },
    );
    assert.ok(trimmedCount > 100, `only ${trimmedCount} answers were trimmed`);
  });
});

function isFinal(schema: Schema, value: unknown): boolean {
  const marks = evaluate(schema, value, '', true, schema);
  return marks !== null && JSON.stringify(close(value, '', marks)) === JSON.stringify(value);
}
