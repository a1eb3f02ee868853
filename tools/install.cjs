'use strict';
/**
 * Makes a folder's node_modules agree with its package-lock.json, and only then.
 *
 * A marker inside node_modules holds the lock file's digest. It is written after npm has ended well and taken
 * away before npm begins, so a killed install is seen and repeated.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('../bin/platform.cjs');

const MARKER = '.sallyport-lock';
const POLL_MS = 200;

class InstallError extends Error {}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function digest(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/**
 * True when npm's own account of what it installed holds every locked package at the locked content.
 * npm writes that account last, so it is missing after an install from nothing was killed.
 */
function agrees(folder) {
  const wanted = readJson(path.join(folder, 'package-lock.json'))?.packages;
  const found = readJson(path.join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.startsWith('node_modules/') || entry.link) return true;
    const present = found[place];
    if (!present) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return present.integrity === entry.integrity && fs.existsSync(path.join(folder, place, 'package.json'));
  });
}

function isCurrent(folder, expected) {
  const marker = path.join(folder, 'node_modules', MARKER);
  const account = path.join(folder, 'node_modules', '.package-lock.json');
  if (fs.existsSync(account) && fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === expected) return true;
  // Somebody ran npm by hand; what it made is adopted if it is complete.
  if (!agrees(folder)) return false;
  fs.writeFileSync(marker, expected);
  return true;
}

/** The npm that started us, else the one on the PATH. */
function npmCommand() {
  const started_by = process.env.npm_execpath;
  if (started_by && /npm-cli\.js$/.test(started_by)) return [process.execPath, [started_by]];
  return ['npm', []];
}

function npmEnvironment() {
  const env = { ...process.env };
  // Set by an outer `npm run`; they would point the inner npm at the outer folder.
  delete env.npm_config_local_prefix;
  delete env.npm_config_prefix;
  return env;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while holding a lock file, so that two starts at once do not install over each other. */
async function withLock(file, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(fs.readFileSync(file, { encoding: 'utf8', flag: 'a+' }));
    if (holder > 0 && !isAlive(holder)) fs.rmSync(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

async function npmCi(folder, what) {
  process.stderr.write(`sallyport: installing ${what} (npm ci, this once; it takes about half a minute) …\n`);
  const [command, first] = npmCommand();
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'];
  args.push('--include=optional');
  // npm's account on stdout ("added 42 packages") is noise to whoever pipes our stdout.
  const options = { cwd: folder, env: npmEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] };
  const { code, signal, interrupted } = await run(command, args, options).catch((error) => {
    throw new InstallError(`npm could not be started (${error.message}); it comes with Node.js`);
  });
  if (signal || interrupted)
    throw new InstallError(`interrupted while installing ${what}; the next start begins it anew`);
  if (code !== 0) {
    throw new InstallError(
      `could not install ${what}. npm's reason stands above. Without a network, fill npm's cache first ` +
        '(npm ci on a connected machine) or point npm at a reachable registry (npm config set registry URL)',
    );
  }
}

/**
 * Ensures `folder/node_modules` matches `folder/package-lock.json`.
 * `what` names it for people; `lock_file` guards against a second installer.
 * Throws InstallError with a message for people.
 */
async function ensureInstalled({ folder, what, lock_file, install = npmCi }) {
  const expected = digest(path.join(folder, 'package-lock.json'));
  if (isCurrent(folder, expected)) return false;
  return withLock(lock_file, async () => {
    if (isCurrent(folder, expected)) return false;
    fs.rmSync(path.join(folder, 'node_modules', MARKER), { force: true });
    await install(folder, what);
    fs.writeFileSync(path.join(folder, 'node_modules', MARKER), expected);
    return true;
  });
}

module.exports = { InstallError, MARKER, ensureInstalled };
