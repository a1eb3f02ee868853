import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LoadError } from '../../src/core/errors/faults.ts';
import { readSecretFile } from '../../src/core/trust/secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-secret-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'key.pem');
writeFileSync(path, 'secret', { mode: 0o600 });

function codeOf(file: string): string {
  try {
    return readSecretFile(file).toString();
  } catch (error) {
    assert.ok(error instanceof LoadError);
    assert.ok(!error.message.includes('secret\n'));
    return error.faults[0]?.code ?? '';
  }
}

describe('readSecretFile', () => {
  it('reads a file only its owner can use, also through a link', () => {
    assert.equal(codeOf(path), 'secret');
    symlinkSync(path, join(folder, 'link'));
    assert.equal(codeOf(join(folder, 'link')), 'secret');
  });

  it('refuses a file group or others can read, write or execute', () => {
    for (const mode of [0o640, 0o604, 0o620, 0o610, 0o777]) {
      chmodSync(path, mode);
      assert.equal(codeOf(path), 'CONFIG_FILE_MODE', mode.toString(8));
    }
    chmodSync(path, 0o400);
    assert.equal(codeOf(path), 'secret');
  });

  it('refuses what is missing or no regular file, without waiting for a FIFO', () => {
    assert.equal(codeOf(join(folder, 'none')), 'CONFIG_FILE');
    mkdirSync(join(folder, 'sub'), { mode: 0o700 });
    assert.equal(codeOf(join(folder, 'sub')), 'CONFIG_FILE');
    spawnSync('mkfifo', ['-m', '600', join(folder, 'fifo')]);
    assert.equal(codeOf(join(folder, 'fifo')), 'CONFIG_FILE');
  });

  it('refuses a file of another user', { skip: process.geteuid?.() === 0 ? false : 'needs root to make one' }, () => {
    const foreign = join(folder, 'foreign');
    writeFileSync(foreign, 'secret', { mode: 0o600 });
    chownSync(foreign, 12_345, 12_345);
    assert.equal(codeOf(foreign), 'CONFIG_FILE_MODE');
  });
});
