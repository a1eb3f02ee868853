import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterNames, parseTemplate } from '../../src/channels/api/contract/template.ts';

function parameter(names: string[], texts: string[], encoded = names.map(() => false)) {
  return { kind: 'parameter', names, texts, encoded };
}

test('templates are taken apart into fixed segments and parameters', () => {
  assert.deepEqual(parseTemplate('/a/{x}/v{y}.json/'), {
    segments: [
      { kind: 'static', text: 'a' },
      parameter(['x'], ['', '']),
      parameter(['y'], ['v', '.json']),
      { kind: 'static', text: '' },
    ],
  });
  assert.deepEqual(parseTemplate('/'), { segments: [{ kind: 'static', text: '' }] });
});

test('a segment may hold several parameters with fixed text between them', () => {
  assert.deepEqual(parseTemplate('/{base}...{head}/v{z}.{x}-{y}!'), {
    segments: [parameter(['base', 'head'], ['', '...', '']), parameter(['z', 'x', 'y'], ['v', '.', '-', '!'])],
  });
});

test('what a parameter may hold of slashes makes it open or not', () => {
  const slashesOf = (name: string) => (name === 'p' ? 'segments' : name === 'e' ? 'encoded' : 'none');
  assert.deepEqual(parseTemplate('/a/{p}/b/{e}-{x}', slashesOf), {
    segments: [
      { kind: 'static', text: 'a' },
      { kind: 'open', name: 'p' },
      { kind: 'static', text: 'b' },
      parameter(['e', 'x'], ['', '-', ''], [true, false]),
    ],
  });
  for (const part of ['a{p}', '{p}.json', '{x}-{p}']) {
    assert.equal(
      parseTemplate(`/${part}`, slashesOf),
      `'${part}' takes several segments and must stand alone between slashes`,
    );
  }
  assert.match(String(parseTemplate('/{p}/a/{q}', () => 'segments')), /where one ends is not known/);
});

test('names are given in the order of the path', () => {
  const template = parseTemplate('/{b}/x/{a}.{c}/{d}', (name) => (name === 'd' ? 'segments' : 'none'));
  assert.ok(typeof template !== 'string');
  assert.deepEqual(parameterNames(template), ['b', 'a', 'c', 'd']);
});

const BAD: Record<string, string> = {
  orders: "the path 'orders' must begin with '/'",
  '/a//b': "the path '/a//b' has an empty segment",
  '//': "the path '//' has an empty segment",
  '/{a}{b}': "two parameters of '{a}{b}' have no fixed text between them",
  '/{a}-{b}{c}': "two parameters of '{a}-{b}{c}' have no fixed text between them",
  '/{a}/{a}': '{a} stands twice in the path',
  '/{a}-{a}': '{a} stands twice in the path',
  '/{a': "the segment '{a' has unbalanced braces",
  '/{}': "the segment '{}' has unbalanced braces",
  '/{a}}': "the segment '{a}}' has unbalanced braces",
  '/{{a}}': "the segment '{{a}}' has unbalanced braces",
  '/}a{': "the segment '}a{' has unbalanced braces",
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
    '{a} {b}',
    '{a}%2F{b}',
  ]) {
    assert.match(String(parseTemplate(`/x/${part}`)), /is not written as it travels/, part);
  }
  for (const part of ['caf%C3%A9', "a:b@c!$&'()*+,;=", 'a%20b', '%25', '%3A']) {
    assert.equal(typeof parseTemplate(`/x/${part}`), 'object', part);
  }
});
