import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { missingTools } from '../acceptance/harness/tools.ts';
import { run } from './run.ts';

async function script(shell: string): Promise<string> {
  return (await run(['completion', shell])).stdout;
}

/** What bash offers for a command line whose last word is being typed. */
async function offered(...line: string[]): Promise<string[]> {
  const words = line.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; compopt() { :; }; _sallyport; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = spawnSync('bash', ['-c', `${await script('bash')}\n${ask}`], { encoding: 'utf8' });
  assert.equal(bash.stderr, '');
  return bash.stdout.split('\n').filter((word) => word !== '');
}

test('bash is offered commands, subcommands, choices and options', async () => {
  assert.deepEqual(await offered('sallyport', 'va'), ['validate']);
  assert.deepEqual(await offered('sallyport', 'policy', 'ex'), ['explain']);
  assert.deepEqual(await offered('sallyport', '--json', 'policy', 'te'), ['test']);
  assert.deepEqual(await offered('sallyport', 'schema', 'p'), ['party']);
  assert.deepEqual(await offered('sallyport', 'policy', 'explain', '--zo'), ['--zone']);
  assert.deepEqual(await offered('sallyport', 'validate', '--con'), ['--config']);
  assert.deepEqual(await offered('sallyport', 'check', 'co'), ['compare']);
  assert.deepEqual(await offered('sallyport', 'check', 'tls', '--fail'), ['--fail-on']);
  assert.deepEqual(await offered('sallyport', '--config', ''), []);
});

for (const [shell, argv] of [
  ['bash', ['-n']],
  ['zsh', ['-n']],
] as const) {
  test(`the ${shell} script is accepted by ${shell}`, { skip: missingTools(shell) }, async () => {
    const check = spawnSync(shell, argv, { input: await script(shell), encoding: 'utf8' });
    assert.deepEqual([check.status, check.stderr], [0, '']);
  });
}

test('fish is offered what follows the commands before the cursor', { skip: missingTools('fish') }, async () => {
  const text = await script('fish');
  const ask = (line: string) => spawnSync('fish', ['-c', `${text}\ncomplete -C '${line}'`], { encoding: 'utf8' });
  const words = (line: string) =>
    ask(line)
      .stdout.split('\n')
      .map((offer) => offer.split('\t')[0])
      .filter(Boolean);
  assert.deepEqual(words('sallyport va'), ['validate']);
  assert.deepEqual(words('sallyport policy ex'), ['explain']);
  assert.deepEqual(words('sallyport schema par'), ['party']);
  assert.deepEqual(words('sallyport policy explain --zo'), ['--zone']);
});
