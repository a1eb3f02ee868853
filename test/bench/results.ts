/** Results as a benchmark would have them, for tests. */
import { readOptions } from '../../bench/gate/options.ts';
import { type Report, type Run, summarise } from '../../bench/gate/report/summary.ts';

export function run(changes: Partial<Run>): Run {
  return {
    scenario: 'answers, get, 32 connections',
    target: 'floor',
    round: 1,
    requests: 100,
    errors: 0,
    first_error: null,
    seconds: 1,
    latency_us: { p50: 1000, p90: 2000, p99: 3000, 'p99.9': 4000 },
    cpu_us_per_exchange: 50,
    rss_bytes: 2 ** 20,
    pss_bytes: 2 ** 20,
    descriptors: 20,
    processes: 1,
    agreed: { cipher: 'TLS_AES_256_GCM_SHA384', group: 'X25519', resumed: false },
    ...changes,
  };
}

/** Of the usual scenarios, the gate at `ratio` times the floor. */
export function report(ratio: number): Report {
  const options = readOptions(['--only', 'floor,sallyport']);
  if (options === 'help') throw new Error('no options');
  const runs = options.scenarios.flatMap(({ id }) => [
    run({ scenario: id }),
    run({ scenario: id, target: 'sallyport', cpu_us_per_exchange: 50 * ratio }),
  ]);
  return {
    machine: {
      cpu: 'a processor',
      cores: 2,
      memory_bytes: 2 ** 34,
      governor: null,
      kernel: '6.1',
      node: '26.10.0',
      openssl: '3.5.8',
      peers: [],
      file_system: 'ext4',
      load_before: 0.1,
      load_after: 1.5,
      date: '2026-12-01T00:00:00.000Z',
    },
    options,
    targets: [{ name: 'floor', does: 'TLS', does_not: 'anything else' }],
    summaries: summarise(runs),
    runs,
    notes: ['a note'],
    failures: ['a failure'],
  };
}
