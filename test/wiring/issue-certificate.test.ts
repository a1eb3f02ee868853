import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { issueCertificate } from '../../src/wiring/issue-certificate.ts';
import { run } from '../cli/run.ts';

const ORDER = ['certificate', 'issue', '--machine', 'acme-erp', '--request', 'erp.csr', '--socket', 'admin.sock'];

/** A gate that answers nothing and counts who asks it. */
async function silentGate(context: TestContext) {
  const cwd = mkdtempSync(join(tmpdir(), 'sallyport-issue-'));
  const asked: unknown[] = [];
  const gate = createServer((socket) => {
    asked.push(socket.destroy());
  });
  context.after(() => {
    gate.close();
    rmSync(cwd, { recursive: true });
  });
  await new Promise<void>((resolve) => void gate.listen(join(cwd, 'admin.sock'), resolve));
  // What no request is, is told to the gate for the record.
  writeFileSync(join(cwd, 'erp.csr'), 'no request');
  const issue = (out: string) =>
    run([...ORDER, '--out', out], { cwd, actions: { certificateIssue: issueCertificate } });
  return { cwd, asked, issue };
}

test('whatever stands where a certificate is to be written, a gate is not asked for it', async (context) => {
  const { cwd, asked, issue } = await silentGate(context);
  writeFileSync(join(cwd, 'file.pem'), '');
  mkdirSync(join(cwd, 'folder.pem'));
  symlinkSync('file.pem', join(cwd, 'link.pem'));
  symlinkSync('nowhere.pem', join(cwd, 'dangling.pem'));
  symlinkSync('round.pem', join(cwd, 'round.pem'));
  for (const out of ['file.pem', 'folder.pem', 'link.pem', 'dangling.pem', 'round.pem']) {
    const { code, stderr } = await issue(out);
    assert.deepEqual([code, asked.length], [2, 0], out);
    assert.match(stderr, new RegExp(`${out}: CONFIG_FILE the file is there already`));
  }
  for (const out of ['none/new.pem', 'file.pem/new.pem', 'round.pem/new.pem']) {
    const { stderr } = await issue(out);
    assert.match(stderr, new RegExp(`${out}: CONFIG_FILE its folder cannot be written to`));
    assert.equal(asked.length, 0);
  }
  await issue('new.pem');
  assert.equal(asked.length, 1);
});
