/** What a configuration says about budgets: requests, connections, bytes, concurrency. */
import { z } from 'zod';
import { byteRate, count, rate } from '../settings/config.ts';

/** Caps on connections, applied before any cryptography or parsing. IPv6 sources count by /64. */
export const connectionsConfig = z
  .strictObject({
    total: count({ min: 1, max: 1_000_000, about: 'Open connections of the zone.' }).prefault(10_000),
    per_source: count({ min: 1, max: 1_000_000, about: 'Open connections of one source address.' }).prefault(256),
    new_per_source: rate('New connections of one source address.').prefault('50/s'),
    bytes_per_source: byteRate('Bytes received from one source address.').prefault('64MiB/s'),
  })
  .meta({
    description:
      'Caps on connections, for all listeners and workers together, applied before any cryptography or parsing. IPv6 sources count by /64.',
  });

/** Exchanges under way at once. */
const concurrencyConfig = z
  .strictObject({
    machine: count({ min: 1, max: 100_000, about: 'Exchanges one machine may have under way.' }).prefault(64),
    operation: count({ min: 1, max: 100_000, about: 'Exchanges one operation may have under way.' }).prefault(256),
  })
  .meta({ description: 'Exchanges that may be under way at once, for all workers together.' });

/** Budgets of requests for the whole gate. */
export const limitsConfig = z
  .strictObject({
    source: rate('Requests of one source address, before it is authenticated.').prefault('1000/1m'),
    machine: rate('Requests of one machine.').prefault('600/1m'),
    party: rate('Requests of all machines of one party together.').prefault('3000/1m'),
    operation: rate('Requests for one operation by all callers together.').prefault('10000/1m'),
    concurrency: concurrencyConfig.prefault({}),
  })
  .meta({
    description:
      'Budgets of requests, for all workers together. A caller over budget is refused with 429 and told when to come back. A reload that changes them keeps what was spent.',
  });

/** Budgets of one machine, in place of the general ones. */
export const machineLimitsConfig = z
  .strictObject({
    rate: rate('Requests of this machine, in place of limits.machine.').optional(),
    concurrency: count({
      min: 1,
      max: 100_000,
      about: 'Exchanges this machine may have under way, in place of limits.concurrency.machine.',
    }).optional(),
  })
  .meta({ description: 'Budgets of this machine, in place of the general ones.' });
