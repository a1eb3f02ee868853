'use strict';
/**
 * The one command behind every npm script. It needs nothing but Node.js 20 and npm: it fetches the pinned
 * Node.js where the running one is too old, installs the dependencies where they are missing or stale, and
 * then runs what was asked for.
 *
 *   start [ARGS]        bin/sallyport demo ARGS
 *   test [FILES]        the tests, without test/long
 *   test:long [FILES]   test/long
 *   run FILE [ARGS]     a TypeScript or JavaScript file
 *   exec BIN [ARGS]     a dependency's command
 *   node                prints the path of the Node.js in use
 */
const fs = require('node:fs');
const path = require('node:path');
const { NEEDED, endLike, findNode, isNewEnough, run, runtimePath } = require('../bin/platform.cjs');
const { V8_FLAGS } = require('../bin/v8-flags.cjs');
const { InstallError, ensureInstalled } = require('./install.cjs');
const { select } = require('./test-files.cjs');

const root = path.dirname(__dirname);
const runtime = path.join(root, 'tools', 'runtime');
const lock_file = path.join(root, '.sallyport', 'install.lock');
const COULD_NOT_FINISH = 3;
const TEST_TIMEOUT_MS = 120_000;
const LONG_TEST_TIMEOUT_MS = 1_800_000;

async function ensureNode() {
  if (!isNewEnough()) {
    if (!runtimePath(root)) {
      throw new InstallError(`no Node.js is pinned for ${process.platform} ${process.arch}; install Node.js ${NEEDED}`);
    }
    await ensureInstalled({ folder: runtime, what: 'a pinned Node.js', lock_file });
  }
  const node = findNode(root);
  if (!node)
    throw new InstallError('the pinned Node.js is missing after its install; remove tools/runtime/node_modules');
  return node;
}

function testArguments(args, long) {
  const { options, files } = select(root, args, long);
  if (files.length === 0) throw new InstallError(long ? 'there are no long tests' : 'no test file was found');
  return [
    ...V8_FLAGS,
    '--test',
    // The long tests measure and kill whole gates, so nothing may run beside them.
    `--test-concurrency=${long ? 1 : 2}`,
    `--test-timeout=${long ? LONG_TEST_TIMEOUT_MS : TEST_TIMEOUT_MS}`,
    ...(options.some((option) => option.startsWith('--test-reporter')) ? [] : reporter()),
    ...options,
    ...files.map((file) => path.relative(process.cwd(), file)),
  ];
}

function reporter() {
  return [`--test-reporter=${path.join(root, 'tools', 'test-reporter.ts')}`, '--test-reporter-destination=stdout'];
}

/** The file behind a dependency's command, so that it runs with our Node.js rather than the PATH's. */
function binFile(name) {
  const link = path.join(root, 'node_modules', '.bin', name);
  if (!fs.existsSync(link)) throw new InstallError(`no dependency brings a command named ${name}`);
  return fs.realpathSync(link);
}

function commandLine(command, args) {
  if (command === 'start') return [path.join(root, 'bin', 'sallyport'), 'demo', ...args];
  if (command === 'test') return testArguments(args, false);
  if (command === 'test:long') return testArguments(args, true);
  if (command === 'run' && args.length > 0) return args;
  if (command === 'exec' && args.length > 0) return [binFile(args[0]), ...args.slice(1)];
  throw new InstallError('usage: bootstrap.cjs start|test|test:long|run FILE|exec BIN|node');
}

function environment(node) {
  const env = { ...process.env };
  env.PATH = `${path.dirname(node)}${path.delimiter}${env.PATH ?? ''}`;
  env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'node');
  return env;
}

async function main([command, ...args]) {
  const node = await ensureNode();
  if (command === 'node') return process.stdout.write(`${node}\n`);
  await ensureInstalled({ folder: root, what: 'dependencies', lock_file });
  endLike(await run(node, commandLine(command, args), { env: environment(node) }));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`sallyport: ${error instanceof InstallError ? error.message : error.stack}\n`);
  process.exitCode = COULD_NOT_FINISH;
});
