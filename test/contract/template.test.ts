import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterNames, parseTemplate } from '../../src/channels/api/contract/template.ts';

test('templates are taken apart into fixed segments and parameters', () => {
  assert.deepEqual(parseTemplate('/a/{x}/v{y}.json/'), {
    segments: [
      { kind: 'static', text: 'a' },
      { kind: 'parameter', name: 'x', prefix: '', suffix: '' },
      { kind: 'parameter', name: 'y', prefix: 'v', suffix: '.json' },
      { kind: 'static', text: '' },
    ],
  });
  assert.deepEqual(parseTemplate('/'), { segments: [{ kind: 'static', text: '' }] });
});

test('names are given in the order of the path', () => {
  const template = parseTemplate('/{b}/x/{a}');
  assert.ok(typeof template !== 'string');
  assert.deepEqual(parameterNames(template), ['b', 'a']);
});

const BAD: Record<string, string> = {
  orders: "the path 'orders' must begin with '/'",
  '/a//b': "the path '/a//b' has an empty segment",
  '//': "the path '//' has an empty segment",
  '/{a}-{b}': "the segment '{a}-{b}' holds more than one parameter",
  '/{a}/{a}': '{a} stands twice in the path',
  '/{a': "the segment '{a' has unbalanced braces",
  '/{}': "the segment '{}' has unbalanced braces",
  '/{a}}': "the segment '{a}}' has unbalanced braces",
  '/a/..': "the segment '..' is a dot segment",
  '/./a': "the segment '.' is a dot segment",
};

test('what is not a template is refused with its reason', () => {
  for (const [text, message] of Object.entries(BAD)) assert.equal(parseTemplate(text), message);
});

test('fixed text that is not written as it travels is refused', () => {
  for (const part of [
    'caf\u00e9',
    'a b',
    'a?b',
    'a#b',
    'a%2fb',
    'a%2Fb',
    'a%5Cb',
    '%41',
    '%7E',
    '%2E',
    'a%00',
    'a%',
    'a}',
  ]) {
    assert.match(String(parseTemplate(`/x/${part}`)), /is not written as it travels/, part);
  }
  for (const part of ['caf%C3%A9', "a:b@c!$&'()*+,;=", 'a%20b', '%25', '%3A']) {
    assert.equal(typeof parseTemplate(`/x/${part}`), 'object', part);
  }
});
