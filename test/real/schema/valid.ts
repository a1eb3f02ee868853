/** Instances that ajv agrees with. */
import { type Oracle, oracleFor } from './ajv.ts';
import type { Schema } from './facets.ts';
import { type GenerateOptions, generate, type Instance } from './generate.ts';

export type Direction = GenerateOptions['direction'];

export interface Instances {
  /** @throws Error with the last reason where none of the attempts pleased ajv */
  make(
    schema: Schema,
    direction: Direction,
    size: 'minimal' | 'full',
    alphabet?: GenerateOptions['alphabet'],
  ): Instance;
  readonly oracles: Readonly<Record<Direction, Oracle>>;
}

/** As asked first; then with other branches; then with some members and not others. */
const AS_ASKED = 6;
const MIXED = 60;

export function instancesOf(description: Pick<GenerateOptions, 'version' | 'resolve'>): Instances {
  const { version, resolve } = description;
  const oracles = {
    request: oracleFor(version, 'request', resolve),
    response: oracleFor(version, 'response', resolve),
  };
  return {
    oracles,
    make(schema, direction, size, alphabet = 'any') {
      let reason = '';
      for (let seed = 0; seed < AS_ASKED + MIXED; seed++) {
        const asked = seed < AS_ASKED ? size : 'mixed';
        try {
          const made = generate(schema, { version, resolve, direction, size: asked, seed, alphabet });
          if (oracles[direction].accepts(schema, made.value)) return made;
          reason = oracles[direction].reason();
        } catch (error) {
          reason = (error as Error).message;
        }
      }
      throw new Error(reason);
    },
  };
}
