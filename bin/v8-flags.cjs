'use strict';
/**
 * The policy engine is WebAssembly. Most of what a start runs of it, it runs once, and V8's optimizing compiler would
 * spend half a second of each process on that. With a tenfold budget it waits for what a running gate repeats.
 */
const v8 = require('node:v8');

/** Bytes of WebAssembly that a function runs before V8 optimizes it; V8's own value is 13,000,000. */
const V8_FLAGS = ['--wasm-tiering-budget=130000000'];

/** As if this Node.js had been started with them, so that the processes of a gate are too. Before the code cache is in use: it holds for one set of flags. */
function setV8Flags() {
  for (const flag of V8_FLAGS) {
    if (process.execArgv.includes(flag)) continue;
    v8.setFlagsFromString(flag);
    process.execArgv.push(flag);
  }
}

module.exports = { V8_FLAGS, setV8Flags };
