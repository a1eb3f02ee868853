import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BenchOptions, HELP, readOptions } from '../../bench/gate/options.ts';
import { expectedSeconds } from '../../bench/gate/progress.ts';
import { SECTION_NAMES } from '../../bench/gate/scenarios.ts';
import { readDuration } from '../../bench/gate/soak-time.ts';

function options(...argv: string[]): BenchOptions {
  const read = readOptions(argv);
  assert.notEqual(read, 'help');
  return read as BenchOptions;
}

test('the defaults take less than a minute, and everything less than 12', () => {
  assert.ok(expectedSeconds(options()) < 60);
  assert.ok(expectedSeconds(options('--full')) < 12 * 60 * 0.9);
});

test('--full has every section, and no two scenarios have one id', () => {
  const { scenarios } = options('--full');
  assert.deepEqual([...new Set(scenarios.map(({ section }) => section))], [...SECTION_NAMES]);
  assert.equal(new Set(scenarios.map(({ id }) => id)).size, scenarios.length);
});

test('workloads alone are measured beside the usual targets, targets alone under the usual workloads', () => {
  const named = options('--only', 'closed-1k').scenarios;
  assert.deepEqual(
    named.map(({ workload, targets }) => [workload, targets]),
    [['closed-1k', ['floor', 'nginx', 'sallyport']]],
  );
  assert.deepEqual(
    options('--only', '+guards,floor').scenarios.map(({ workload, targets }) => [workload, targets]),
    [
      ['get', ['floor', '+guards']],
      ['post', ['floor', '+guards']],
    ],
  );
});

test('several numbers of connections and workers are measured in each combination', () => {
  const { scenarios } = options('--only', 'get', '--connections', '1,32', '--workers', '1,2');
  assert.deepEqual(
    scenarios.map(({ connections, workers }) => [connections, workers]),
    [
      [1, 1],
      [32, 1],
      [1, 2],
      [32, 2],
    ],
  );
});

test('what is not known or out of range is told by its option', () => {
  assert.throws(() => options('--only', 'nothing'), /--only: nothing is none of/);
  assert.throws(() => options('--rounds', '0'), /--rounds/);
  assert.throws(() => options('--connections', '1,x'), /--connections/);
  assert.throws(() => options('--soak', '5'), /--soak/);
  assert.throws(() => options('--unknown'));
});

test('a soak is of the gate unless another target is named, for a time with its unit', () => {
  const { scenarios, soak_seconds } = options('--soak', '10m');
  assert.equal(soak_seconds, 600);
  assert.deepEqual(scenarios[0]?.targets, ['sallyport']);
  assert.equal(readDuration('1.5h'), 5400);
  assert.throws(() => readDuration('9s'));
});

test('the help fits a terminal of 120 columns', () => {
  assert.deepEqual(
    HELP.split('\n').filter((line) => line.length > 120),
    [],
  );
});
