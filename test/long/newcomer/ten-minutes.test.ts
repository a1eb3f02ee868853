/** docs/contracts.md, pasted: every command of its first part as it stands, and what each is said to say. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { openTerminal, type Terminal } from '../../acceptance/newcomer/terminal.ts';
import { shows, stepsOf } from '../../acceptance/newcomer/walkthrough.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'contracts.md'), 'utf8');
const DOCUMENTS = join(ROOT, 'node_modules', '@readme', 'oas-examples');
const FETCH = /npm pack --silent @readme\/oas-examples@(\S+)/;

let folder = '';
const terminals: Terminal[] = [];

/** A clone of its own, so that nothing of this one is used or written. */
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-newcomer-'));
  const clone = join(folder, 'clone');
  for (const part of ['bin', 'src', 'package.json']) cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
});
after(async () => {
  for (const terminal of terminals) await terminal.close();
  rmSync(folder, { recursive: true, force: true });
});

function terminalIn(path: string): Terminal {
  const terminal = openTerminal({ cwd: join(folder, path), bin: join(folder, 'clone', 'bin') });
  terminals.push(terminal);
  return terminal;
}

/** Ports of the page and what stands for them here, and the package as it would come from its registry. */
function here(command: string, ports: ReadonlyMap<string, number>): string {
  const local = command.replace(FETCH, `npm pack --silent --ignore-scripts '${DOCUMENTS}'`);
  return [...ports].reduce((text, [port, free]) => text.replaceAll(port, String(free)), local);
}

/** Opens another terminal as the page says, and starts there what keeps running. */
async function running(name: string, command: string, ports: ReadonlyMap<string, number>): Promise<Terminal> {
  const is_gate = name === 'gate';
  const terminal = terminalIn(is_gate ? 'ten-minutes/petstore-gate' : 'clone');
  // Exchanges are shown on a terminal, which a pipe is not.
  if (is_gate) await terminal.leaveRunning(`${command} --exchanges`, { says: / is running/ });
  else await terminal.leaveRunning(command, { listens: ports.get('9000') ?? 0 });
  return terminal;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the page fetches the version of the documents that is tested here', () => {
  const { version } = JSON.parse(readFileSync(join(DOCUMENTS, 'package.json'), 'utf8')) as { version: string };
  assert.equal(FETCH.exec(PAGE)?.[1], version);
});

test('every command of “Put a public API behind the gate in ten minutes” says what the page says', {
  skip: missingTools('curl', 'bash', 'npm', 'tar', 'sed'),
  timeout: 120_000,
}, async () => {
  const ports = new Map([
    ['9000', await freePort()],
    ['8443', await freePort()],
  ]);
  const first = terminalIn('clone');
  const others = new Map<string, Terminal>();
  let said = '';
  for (const { kind, terminal: name, text } of stepsOf(PAGE, 'Put a public API behind the gate in ten minutes')) {
    if (kind === 'output') {
      const seen = others.get(name)?.output() ?? said;
      assert.ok(shows(seen, text), `expected\n${text}\nof\n${seen}`);
    } else if (name === '') {
      said = await first.paste(here(text, ports));
      if (text.startsWith('sallyport init'))
        await first.paste(`sed -i.page 's/8443/${ports.get('8443')}/' sallyport.yaml`);
    } else {
      others.set(name, await running(name, here(text, ports), ports));
    }
  }
  assert.deepEqual([...others.keys()], ['service', 'gate']);
});
