import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTextBody, REQUEST_TEXT } from '../../src/channels/api/bodies/text.ts';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { readForm } from '../../src/channels/api/contract/text/form.ts';
import { JUDGING, operationWith, rebuild, told } from '../contract/world.ts';

const EXHAUSTED = { ...JUDGING, max_steps: 3 };
const SCHEMA = { type: 'string', pattern: '^[a-z]*$', maxLength: 100 };

function contentOf(media_type: string, schema: unknown) {
  const operation = { requestBody: { content: { [media_type]: { schema } } }, responses: { 204: { description: '' } } };
  const document = { openapi: '3.1.0', info: { title: 'Work', version: '1' }, paths: { '/a': { post: operation } } };
  const contract = loadContract({ api: 'work', path: 'work.json', text: JSON.stringify(document) });
  const [content] = contract.operations[0]?.body?.content ?? [];
  assert.ok(content);
  return content;
}

test('a parameter whose judging takes more steps than its operation allows is refused', () => {
  const operation = operationWith('/a', `{ name: q, in: query, schema: ${JSON.stringify(SCHEMA)} }`);
  const query = `q=${'a'.repeat(60)}`;
  assert.deepEqual((rebuild(operation, [], query) as { query: string }).query, query);
  const refusal = told(() => rebuild(operation, [], query, {}, EXHAUSTED));
  assert.equal(refusal, 'VALIDATE_PARAMETER query/q complexity');
});

test('a form whose judging takes more steps than its operation allows is refused', () => {
  const content = contentOf('application/x-www-form-urlencoded', { type: 'object', properties: { q: SCHEMA } });
  assert.ok(content.format === 'form');
  const body = Buffer.from(`q=${'a'.repeat(60)}`);
  assert.equal(readForm(content.form, body, JUDGING).toString(), body.toString());
  assert.match(String(told(() => readForm(content.form, body, EXHAUSTED))), /^VALIDATE_SCHEMA .*complexity$/);
});

test('a text whose judging takes more steps than its operation allows is refused', () => {
  const content = contentOf('text/plain', SCHEMA);
  assert.ok(content.format === 'text');
  const body = Buffer.from('a'.repeat(60));
  checkTextBody(body, content, JUDGING, REQUEST_TEXT);
  assert.equal(
    told(() => checkTextBody(body, content, EXHAUSTED, REQUEST_TEXT)),
    'VALIDATE_SCHEMA  complexity',
  );
});
