/** Durations, rates and sizes. */
import type { BadConfig } from './bad-config.ts';

export const UNITS: readonly BadConfig[] = [
  {
    name: 'a duration without a unit',
    file: 'gate',
    from: 'headers: 10s',
    to: 'headers: 10',
    seen: true,
    faults: [
      'sallyport.yaml:14:26: CONFIG_TYPE zones.partner.timeouts.headers: must be a duration with its unit, such as 10s or 5m, found 10',
    ],
  },
  {
    name: 'a duration in unknown units',
    file: 'gate',
    from: 'headers: 10s',
    to: 'headers: 10 seconds',
    seen: true,
    faults: [
      'sallyport.yaml:14:26: CONFIG_VALUE zones.partner.timeouts.headers: must be a duration such as 250ms, 10s, 5m, 2h or 30d, found "10 seconds"',
    ],
  },
  {
    name: 'a duration beyond its bounds',
    file: 'gate',
    from: 'headers: 10s',
    to: 'headers: 2h',
    seen: false,
    faults: [
      'sallyport.yaml:14:26: CONFIG_VALUE zones.partner.timeouts.headers: must be between 100ms and 5m, found "2h"',
    ],
  },
  {
    name: 'a duration of zero',
    file: 'gate',
    from: 'headers: 10s',
    to: 'headers: 0s',
    seen: true,
    faults: [
      'sallyport.yaml:14:26: CONFIG_VALUE zones.partner.timeouts.headers: must be a duration such as 250ms, 10s, 5m, 2h or 30d, found "0s"',
    ],
  },
  {
    name: 'a rate without a window',
    file: 'gate',
    from: 'machine: 600/1m',
    to: 'machine: "600"',
    seen: true,
    faults: [
      'sallyport.yaml:28:12: CONFIG_VALUE limits.machine: must be a rate such as 20/s, 100/1m or 5000/1h, found "600"',
    ],
  },
  {
    name: 'a rate with too long a window',
    file: 'gate',
    from: 'machine: 600/1m',
    to: 'machine: 600/30d',
    seen: false,
    faults: [
      'sallyport.yaml:28:12: CONFIG_VALUE limits.machine: must have a window between 1s and 1d, found "600/30d"',
    ],
  },
  {
    name: 'a rate that is a number',
    file: 'gate',
    from: 'machine: 600/1m',
    to: 'machine: 600',
    seen: true,
    faults: [
      'sallyport.yaml:28:12: CONFIG_TYPE limits.machine: must be a rate with its window, such as 100/1m, found 600',
    ],
  },
  {
    name: 'a size in KB',
    file: 'gate',
    from: 'limits:',
    to: 'audit: { segment: 64000KB }\nlimits:',
    seen: true,
    faults: [
      'sallyport.yaml:27:19: CONFIG_VALUE audit.segment: must be a size such as 512B, 64KiB, 2MiB or 10MB, found "64000KB"',
    ],
  },
  {
    name: 'a size below its bound',
    file: 'gate',
    from: 'limits:',
    to: 'audit: { segment: 64KiB }\nlimits:',
    seen: false,
    faults: ['sallyport.yaml:27:19: CONFIG_VALUE audit.segment: must be between 1MiB and 1GiB, found "64KiB"'],
  },
];
