import assert from 'node:assert/strict';
import { it } from 'node:test';
import { distinguishedName } from '../../../src/check/report/distinguished-name.ts';

const der = (tag: number, content: Buffer) => Buffer.concat([Buffer.of(tag, content.length), content]);

it('no value of a distinguished name is taken for another attribute', () => {
  const attribute = Buffer.concat([
    der(0x06, Buffer.from('550403', 'hex')),
    der(0x0c, Buffer.from('x, O=Other+C=NL\\')),
  ]);
  const name = der(0x30, der(0x31, der(0x30, attribute)));
  assert.equal(distinguishedName(name), 'CN=x\\, O=Other\\+C=NL\\\\');
});
