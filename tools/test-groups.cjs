'use strict';
/**
 * Test files that share a process. Most of what a small file costs is the start of its process and the loading of what it
 * tests: in processes of their own all of them together take three times the CPU.
 */
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * Areas whose files have a process each: they start gates and other programs, use descriptors up, are killed, or measure
 * memory and CPU.
 */
const APART = new Set([
  'acceptance',
  'audit',
  'check',
  'deploy',
  'house',
  'processes',
  'real',
  'resolver',
  'security',
  'trust',
]);
const FILES_OF_A_GROUP = 25;
const FIRST_LINE = '// Made for one run. ';

function areaOf(root, file) {
  return path.relative(path.join(root, 'test'), file).split(path.sep)[0];
}

/** What `node --test` is to run in place of these files: the same files, and one for each group of those that share a process. */
function grouped(root, files) {
  const apart = files.filter((file) => APART.has(areaOf(root, file)));
  const together = files.filter((file) => !APART.has(areaOf(root, file)));
  const folder = path.join(root, '.sallyport', 'test-groups');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const groups = [];
  for (let at = 0; at < together.length; at += FILES_OF_A_GROUP) {
    const members = together.slice(at, at + FILES_OF_A_GROUP);
    const group = path.join(folder, `group-${groups.length + 1}.test.mjs`);
    const imports = members.map((file) => `await import(${JSON.stringify(pathToFileURL(file).href)});\n`);
    fs.writeFileSync(group, `${FIRST_LINE}${JSON.stringify(members)}\n${imports.join('')}`);
    groups.push(group);
  }
  // What takes longest comes first, or the last of it would run alone.
  return [...groups, ...apart];
}

/** The files that a file given to `node --test` stands for. */
function membersOf(file) {
  if (!file.endsWith('.mjs')) return [file];
  const [line] = fs.readFileSync(file, 'utf8').split('\n', 1);
  return line.startsWith(FIRST_LINE) ? JSON.parse(line.slice(FIRST_LINE.length)) : [file];
}

module.exports = { grouped, membersOf };
