/** The first word of a check: a part of it, or a target. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering, report } from '../check/a-report.ts';
import { run } from './run.ts';

test('a first word that is nearly the name of a part is refused, with the part and how to check a host of that name', async () => {
  for (const [word, part] of [
    ['tsl', 'tls'],
    ['TLS', 'tls'],
    ['tl', 'tls'],
    ['comapre', 'compare'],
    ['compar', 'compare'],
  ] as const) {
    const { code, stdout, stderr } = await run(['check', word, 'example.org'], answering(report()));
    assert.deepEqual([code, stdout], [2, ''], word);
    assert.equal(
      stderr,
      `error: check has no part '${word}'\n(Did you mean sallyport check ${part}? A host of that name is checked as ${word}:443.)\n`,
    );
  }
});

test('a first word that can be meant as a target is one, and so is every other word', async () => {
  const words = [
    'tsl:443',
    'tsl.',
    'https://tsl',
    'ts1.example',
    '@tsl',
    'localhost',
    'mail',
    'a',
    '::1',
    'tls-proxy',
    'comp',
  ];
  for (const word of words) {
    const { stderr } = await run(['check', word], answering(report()));
    assert.equal(stderr, '', word);
  }
  for (const args of [
    ['check', 'example.org', 'tsl'],
    ['check', 'tls', 'tsl'],
  ]) {
    assert.equal((await run(args, answering(report()))).stderr, '', args.join(' '));
  }
});

test('a word that would play with the terminal is told as text', async () => {
  const { code, stderr } = await run(['check', 't\u001bls'], answering(report()));
  assert.deepEqual([code, stderr.includes('\u001b')], [2, false]);
});
