'use strict';
/**
 * Keeps V8's compiled code between starts. Never in the shared temporary folder, which is where Node.js would
 * put it: whoever can write there could plant code that a gate then runs.
 */
const fs = require('node:fs');
const module_ = require('node:module');
const os = require('node:os');
const path = require('node:path');

/** A folder that only we can write to, or null. */
function privateFolder(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = fs.statSync(folder);
    const isOurs = uid === process.getuid?.() && (mode & 0o022) === 0;
    return isOurs ? folder : null;
  } catch {
    return null;
  }
}

function cacheFolder(root, isClone) {
  if (isClone) {
    const modules = path.join(root, 'node_modules');
    return fs.existsSync(modules) ? path.join(modules, '.cache', 'sallyport') : null;
  }
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(base, 'sallyport');
}

/** A start without the cache is only slower, so nothing here may fail it. */
function enableCompileCache(root, isClone) {
  try {
    const wanted = cacheFolder(root, isClone);
    const folder = wanted && privateFolder(wanted);
    if (folder) module_.enableCompileCache?.(folder);
  } catch {
    // No home folder, or a read-only one.
  }
}

module.exports = { cacheFolder, enableCompileCache, privateFolder };
