import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type CurlAnswer, curl } from '../harness/curl.ts';
import { outcomeOf } from '../harness/outcomes.ts';
import { missingTools } from '../harness/tools.ts';
import { type BodiesGate, type Echoed, echo, MIB, startBodiesGate } from './bodies-gate.ts';

/** Compresses to about a half, and is more than is sent as a whole. */
const HEX = randomBytes(150_000).toString('hex');

const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

/** Of each coding: how to encode, and bodies that expand a thousandfold. */
const CODINGS = Object.entries(ENCODERS).map(([coding, encode]) => {
  return { coding, encode, blanks: encode(Buffer.alloc(8 * MIB, ' ')), zeros: encode(Buffer.alloc(16 * MIB)) };
});

const skip = missingTools('curl');
let site: BodiesGate;
before(async () => {
  if (skip === false) site = await startBodiesGate();
});
after(() => site?.close());

for (const version of ['1.1', '2']) {
  describe(`bodies of every format over HTTP/${version}`, { skip }, () => {
    beforeEach(() => site.serve(echo));

    const run = (path: string, ...args: string[]): Promise<CurlAnswer> =>
      curl(site.project, site.gate.port, path, { args: [`--http${version}`, ...args] });

    function post(path: string, type: string, body: string | Buffer, ...args: string[]): Promise<CurlAnswer> {
      site.project.write('body', body);
      const data = ['--data-binary', `@${site.project.folder}/body`];
      return run(path, '--request', 'POST', '--header', `content-type: ${type}`, ...data, ...args);
    }

    function arrived(answer: CurlAnswer): Echoed & { text: string } {
      assert.equal(answer.status, 200, answer.body + answer.error);
      const echoed = JSON.parse(answer.body) as Echoed;
      return { ...echoed, text: Buffer.from(echoed.body, 'base64').toString() };
    }

    async function refused(answer: CurlAnswer, status: number, code: string, rule?: string): Promise<void> {
      const known = site.count();
      assert.equal(answer.status, status, answer.body + answer.error);
      const id = answer.headers['sallyport-exchange'];
      assert.equal((await outcomeOf(site.project, id)).code, code);
      if (rule !== undefined)
        assert.equal((JSON.parse(answer.body) as { errors: { rule: string }[] }).errors[0]?.rule, rule);
      assert.equal(site.count(), known);
    }

    it('text passes as it is, with its charset said', async () => {
      const { type, text } = arrived(await post('/api/text', 'text/plain', 'žluťoučký\tkůň\n'));
      assert.deepEqual([type, text], ['text/plain;charset=utf-8', 'žluťoučký\tkůň\n']);
      assert.equal(
        arrived(await post('/api/text', 'text/csv; charset=UTF-8', 'a,b\r\n1,2\r\n')).text,
        'a,b\r\n1,2\r\n',
      );
    });

    it('text is held to its schema, to UTF-8 and to characters that are no controls', async () => {
      await refused(await post('/api/text', 'text/plain', 'x'.repeat(21)), 422, 'VALIDATE_SCHEMA', 'maxLength');
      await refused(await post('/api/text', 'text/plain', 'a<b'), 422, 'VALIDATE_SCHEMA', 'pattern');
      await refused(await post('/api/text', 'text/plain', Buffer.from([0xc3, 0x28])), 400, 'VALIDATE_TEXT', 'utf8');
      await refused(await post('/api/text', 'text/plain', 'a\u0000b'), 400, 'VALIDATE_TEXT', 'control');
      await refused(await post('/api/text', 'text/plain', 'a\u001b[2J'), 400, 'VALIDATE_TEXT', 'control');
    });

    it('a charset that is not UTF-8 is refused by its own rule', async () => {
      await refused(
        await post('/api/text', 'text/plain;charset=iso-8859-1', 'a'),
        415,
        'VALIDATE_MEDIA_TYPE',
        'charset',
      );
      await refused(
        await post('/api/json', 'application/json;charset=utf-16', '{}'),
        415,
        'VALIDATE_MEDIA_TYPE',
        'charset',
      );
    });

    it('a media type with declared parameters matches with these, in any order and case, and no others', async () => {
      const { type } = arrived(
        await post('/api/json', 'Application/Vnd.Orders+JSON; charset=utf-8;Version="2"', '{"thing":"a"}'),
      );
      assert.equal(type, 'application/vnd.orders+json;version=2');
      for (const other of [
        'application/vnd.orders+json',
        'application/vnd.orders+json;version=3',
        'application/json;version=2',
      ]) {
        await refused(await post('/api/json', other, '{}'), 415, 'VALIDATE_MEDIA_TYPE', 'content-type');
      }
    });

    it('an answer of text is held to its schema', async () => {
      const table = (body: string) =>
        site.serve((_request, response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end(body));
      table('a,b\n1,2\n');
      const { status, headers, body } = await run('/api/text');
      assert.deepEqual([status, headers['content-type'], body], [200, 'text/csv;charset=utf-8', 'a,b\n1,2\n']);
      table('x'.repeat(31));
      await refused(await run('/api/text'), 502, 'FILTER_SCHEMA');
      table('a\u0000');
      await refused(await run('/api/text'), 502, 'FILTER_TEXT');
    });

    it('a form of curl -d is read, judged and written anew', async () => {
      const { type, text } = arrived(
        await run('/api/form', '--data', 'item=a+bolt&quantity=3', '--data-urlencode', 'tags=a&b', '--data', 'tags=c'),
      );
      assert.equal(type, 'application/x-www-form-urlencoded');
      assert.deepEqual(
        [...new URLSearchParams(text)],
        [
          ['item', 'a bolt'],
          ['quantity', '3'],
          ['tags', 'a&b'],
          ['tags', 'c'],
        ],
      );
      await refused(await run('/api/form', '--data', 'item=bolt&quantity=11'), 422, 'VALIDATE_SCHEMA', 'maximum');
      await refused(await run('/api/form', '--data', 'item=bolt&admin=1'), 422, 'VALIDATE_FIELD_UNDECLARED');
    });

    it('a form of curl -F is taken apart, judged and written anew', async () => {
      site.project.write('upload.bin', Buffer.from([0, 1, 2, 255]));
      const file = `file=@${site.project.folder}/upload.bin`;
      const { type, body } = arrived(
        await run('/api/form', '--form', 'item=bolt', '--form', 'quantity=3', '--form', file),
      );
      assert.match(type, /^multipart\/form-data; ?boundary=/);
      const bytes = Buffer.from(body, 'base64');
      assert.ok(bytes.includes(Buffer.from([0, 1, 2, 255])) && bytes.includes('name="quantity"'));
      await refused(
        await run('/api/form', '--form', 'item=bolt', '--form', 'admin=1', '--form', file),
        422,
        'VALIDATE_FIELD_UNDECLARED',
      );
      await refused(await run('/api/form', '--form', 'item=bolt'), 422, 'VALIDATE_SCHEMA');
    });

    it('bytes of a declared range pass under their own type, within the bounds of the schema', async () => {
      const put = (type: string, body: Buffer) => {
        site.project.write('body', body);
        return run('/api/files/a', '--upload-file', `${site.project.folder}/body`, '--header', `content-type: ${type}`);
      };
      let seen = '';
      site.serve((request, response) => {
        seen = request.headers['content-type'] ?? '';
        request
          .resume()
          .on('end', () => void response.writeHead(201, { 'content-type': 'application/json' }).end('{}'));
      });
      assert.equal((await put('image/png', Buffer.alloc(100))).status, 201);
      assert.equal(seen, 'image/png');
      await refused(await put('image/png', Buffer.alloc(3)), 422, 'VALIDATE_SCHEMA', 'minLength');
      await refused(await put('image/png', Buffer.alloc(100_001)), 422, 'VALIDATE_SCHEMA', 'maxLength');
      await refused(await put('image/*', Buffer.alloc(100)), 415, 'VALIDATE_MEDIA_TYPE');
      await refused(await put('video/mp4', Buffer.alloc(100)), 415, 'VALIDATE_MEDIA_TYPE');
    });

    it('a caller that expects 100-continue is told to go on once the bytes are wanted, and not before', async () => {
      const upload = (type: string) => {
        site.project.write('body', Buffer.alloc(2 * MIB));
        const headers = ['--header', `content-type: ${type}`, '--header', 'expect: 100-continue'];
        const file = ['--upload-file', `${site.project.folder}/body`, '--expect100-timeout', '15'];
        return run('/api/files/a', ...file, ...headers);
      };
      site.serve((request, response) => {
        request
          .resume()
          .on('end', () => void response.writeHead(201, { 'content-type': 'application/json' }).end('{}'));
      });
      assert.equal((await upload('application/octet-stream')).status, 201);
      assert.equal((await upload('video/mp4')).status, 415);
    });

    it('Content-Disposition of an answer passes where it is declared', async () => {
      const file = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="a"' };
      site.serve((_request, response) => void response.writeHead(200, { ...file, 'x-internal': '1' }).end('abc'));
      const { headers, body } = await run('/api/files/a');
      assert.equal(headers['content-disposition'], file['content-disposition']);
      assert.equal(headers['x-internal'], undefined);
      assert.equal(body, 'abc');
    });

    const text = JSON.stringify({ item: 'bolt '.repeat(50) });
    for (const { coding, encode, blanks, zeros } of CODINGS) {
      it(`a body in ${coding} is decoded, judged and forwarded as it is`, async () => {
        const given = ['--header', `content-encoding: ${coding}`];
        const seen = arrived(await post('/api/json', 'application/json', encode(text), ...given));
        assert.deepEqual([seen.coding, seen.text], ['', text]);
        const json = (body: Buffer) => post('/api/json', 'application/json', body, ...given);
        await refused(
          await json(Buffer.concat([encode(text), Buffer.from('more')])),
          400,
          'VALIDATE_DECOMPRESSION',
          'coding',
        );
        await refused(await json(encode(text).subarray(0, -4)), 400, 'VALIDATE_DECOMPRESSION', 'coding');
        await refused(await json(Buffer.from(text)), 400, 'VALIDATE_DECOMPRESSION', 'coding');
        await refused(await json(encode('{"item":1}')), 422, 'VALIDATE_SCHEMA', 'type');
        await refused(await json(blanks), 400, 'VALIDATE_DECOMPRESSION', 'ratio');
      });

      it(`bytes in ${coding} are decoded while they flow, and a bomb among them ends the request`, async () => {
        const put = (body: Buffer) =>
          post(
            '/api/files/a',
            'application/octet-stream',
            body,
            '--header',
            `content-encoding: ${coding}`,
            '--request',
            'PUT',
          );
        let size = 0;
        let complete = false;
        site.serve((request, response) => {
          size = 0;
          complete = false;
          request.on('data', (chunk: Buffer) => (size += chunk.length));
          request.on('end', () => {
            complete = true;
            response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
          });
        });
        assert.equal((await put(encode(Buffer.from(text.repeat(100))))).status, 201);
        assert.equal(size, text.length * 100);
        const bomb = await put(zeros);
        assert.equal(bomb.status, 400);
        assert.equal(
          (await outcomeOf(site.project, bomb.headers['sallyport-exchange'])).code,
          'VALIDATE_DECOMPRESSION',
        );
        assert.equal(complete, false);
      });

      it(`an answer in ${coding} that was not asked for is decoded within the same bounds`, async () => {
        const serve = (body: Buffer) =>
          site.serve((_request, response) => {
            response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(body);
          });
        serve(encode('{"item":"bolt","internal":1}'));
        const { status, headers, body } = await run('/api/json');
        assert.deepEqual([status, headers['content-encoding'], body], [200, undefined, '{"item":"bolt"}']);
        serve(blanks);
        await refused(await run('/api/json'), 502, 'FILTER_DECOMPRESSION');
        serve(Buffer.from('{"item":"bolt"}'));
        await refused(await run('/api/json'), 502, 'FILTER_DECOMPRESSION');
        site.serve((_request, response) => {
          response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': coding });
          response.end(encode(Buffer.from(HEX)));
        });
        const file = await run('/api/files/a');
        assert.deepEqual([file.status, file.body], [200, HEX]);
      });
    }

    it('an unknown coding, and a list of codings, are refused with those that are taken', async () => {
      for (const coding of ['compress', 'gzip, gzip', 'x']) {
        const answer = await post(
          '/api/json',
          'application/json',
          gzipSync(text),
          '--header',
          `content-encoding: ${coding}`,
        );
        await refused(answer, 415, 'VALIDATE_CONTENT_ENCODING');
        assert.equal(answer.headers['accept-encoding'], 'gzip, deflate, br, zstd');
      }
    });
  });
}
