/** The shape of the files a user writes, composed from each folder's own `config.ts`. */
import { z } from 'zod';
import { adminConfig } from '../admin/config.ts';
import { apiConfig, listenerConfig, zoneTimeoutsConfig } from '../channels/api/config.ts';
import { auditConfig } from '../core/audit/config.ts';
import { groupsConfig, partyFileConfig } from '../core/identity/config.ts';
import { connectionsConfig, limitsConfig } from '../core/limits/config.ts';
import { policiesConfig } from '../core/policy/config.ts';
import { count, fileGlob, name, named, path } from '../core/settings/config.ts';
import { tracesConfig } from '../core/traces/config.ts';
import { caConfig, tlsProfileConfig, trustConfig } from '../core/trust/config.ts';

const gateConfig = z
  .strictObject({
    name: name('Name of the gate, in every record.'),
    locality: name('Where the gate stands; endpoints of upstreams with the same locality come first.').optional(),
    data: path('Folder for the records, made at the first start.', '.sallyport/data').prefault('.sallyport/data'),
    workers: z
      .union([z.literal('auto'), count({ min: 1, max: 256, about: 'This many.' })])
      .prefault('auto')
      .meta({ description: 'Processes that carry exchanges: `auto` is one for each core, or how many.' }),
  })
  .meta({ description: 'The gate itself.' });

/** One zone. */
export const zoneConfig = z.strictObject({
  listen: z.array(listenerConfig).min(1).meta({ description: 'Where the zone listens.' }),
  trust: trustConfig.prefault({}),
  tls: tlsProfileConfig.prefault('modern'),
  connections: connectionsConfig.prefault({}),
  timeouts: zoneTimeoutsConfig.prefault({}),
});

/** `sallyport.yaml`. */
export const gateFile = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this format.' }),
    gate: gateConfig,
    zones: named('A zone.', zoneConfig, 'Network topologies, each with its own listeners and trust.'),
    groups: groupsConfig.prefault({}),
    parties: fileGlob('The party files.', 'parties/*.yaml').prefault('parties/*.yaml'),
    policies: policiesConfig.prefault('policies/*.cedar'),
    apis: named('An API; operations are named after it.', apiConfig, 'The APIs behind the gate.'),
    limits: limitsConfig.prefault({}),
    audit: auditConfig.prefault({}),
    admin: adminConfig.prefault({}),
    traces: tracesConfig.optional(),
    ca: caConfig.optional(),
  })
  .meta({ title: 'sallyport.yaml', description: 'Configuration of a Sallyport gate.' });

/** One file of `parties/`. */
export const partyFile = partyFileConfig.meta({
  title: 'A party file',
  description: 'An organisation and its machines; one file of the parties folder.',
});

export type GateFile = z.output<typeof gateFile>;
export type PartyFile = z.output<typeof partyFile>;
