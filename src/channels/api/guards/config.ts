/** What a configuration says about the guards of an API. */
import { z } from 'zod';
import { ACTIONS_OF, DEFAULT_GUARDS, type GuardName } from './settings.ts';

function action<Guard extends GuardName>(guard: Guard, about: string) {
  return z
    .enum(ACTIONS_OF[guard])
    .meta({ description: about })
    .prefault(DEFAULT_GUARDS[guard] as (typeof ACTIONS_OF)[Guard][number]);
}

/** One action for each guard; a contract may say otherwise with `x-guards`. */
export const guardsConfig = z
  .strictObject({
    secrets: action('secrets', 'Keys, tokens and passwords in answers.'),
    exceptions: action('exceptions', 'Stack traces, database errors and debug pages in answers.'),
    'personal-data': action('personal-data', 'Personal data in answers where the contract declares none.'),
    volume: action('volume', 'Answers far larger than this party usually gets from this operation.'),
    attacks: action('attacks', 'Patterns of attack in requests that little benign text shows.'),
    suspicions: action('suspicions', 'Patterns of attack in requests that benign text may show.'),
  })
  .meta({ description: 'The second net behind the contract; x-guards in the contract may say otherwise.' });
