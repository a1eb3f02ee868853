'use strict';
/** Which files `npm test` runs. */
const fs = require('node:fs');
const path = require('node:path');
const { grouped } = require('./test-groups.cjs');

const SUFFIX = '.test.ts';
const NEVER = new Set(['fixtures', 'node_modules']);

function walk(folder, skip) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) return skip.has(entry.name) ? [] : walk(place, skip);
      return entry.name.endsWith(SUFFIX) ? [place] : [];
    });
}

/** Every test file below a folder, in a stable order; `long` tells whether test/long is meant. */
function testFiles(root, long) {
  const folder = long ? path.join(root, 'test', 'long') : path.join(root, 'test');
  if (!fs.existsSync(folder)) return [];
  return walk(folder, long ? NEVER : new Set([...NEVER, 'long']));
}

/** Splits what stands after `--` into options for node and test files; folders stand for the files below them. */
function select(root, args, long) {
  const options = args.filter((arg) => arg.startsWith('-'));
  const named = args.filter((arg) => !arg.startsWith('-'));
  if (named.length === 0)
    return { options, files: long ? testFiles(root, long) : grouped(root, testFiles(root, long)) };
  const files = named.flatMap((name) => {
    const place = path.resolve(root, name);
    return fs.existsSync(place) && fs.statSync(place).isDirectory() ? walk(place, NEVER) : [place];
  });
  return { options, files };
}

module.exports = { select, testFiles };
