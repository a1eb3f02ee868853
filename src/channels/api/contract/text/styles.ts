import type { Style, TextPlan } from './types.ts';

/**
 * Which serialisation stands where (OpenAPI Parameter Object, "Style Values" and "Style Examples"). What the table
 * calls n/a has no agreed form and is refused at load, but for arrays under `deepObject`: `a[]=1&a[]=2`, which many
 * descriptions use.
 */

export const PLACES = ['path', 'query', 'header', 'cookie'] as const;
export type Place = (typeof PLACES)[number];

/** The first is the default. */
const STYLES_OF: Readonly<Record<Place, readonly Style[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};

export function stylesOf(place: Place): readonly Style[] {
  return STYLES_OF[place];
}

export function defaultStyle(place: Place): Style {
  return STYLES_OF[place][0] as Style;
}

/** `deepObject` has an exploded form only, so leaving `explode` out cannot mean the other. */
export function defaultExplode(style: Style): boolean {
  return style === 'form' || style === 'deepObject';
}

/** Why a style has no form with or without `explode`; null where it has. */
export function explodeFault(style: Style, explode: boolean): string | null {
  if (style === 'deepObject' && !explode) return 'deepObject has no form without explode';
  if ((style === 'spaceDelimited' || style === 'pipeDelimited') && explode) return `${style} has no exploded form`;
  return null;
}

/** What of a plan a style can carry: delimiters need a list, brackets a structure beside which a value may stand. */
export function carriedBy(style: Style, plan: TextPlan): TextPlan {
  const structured = plan.array !== null || plan.object !== null;
  const single = style === 'deepObject' ? structured : style !== 'spaceDelimited' && style !== 'pipeDelimited';
  return single ? plan : { ...plan, scalars: [] };
}

/** What stands between the items of an array that shares one text. */
export function delimiterOf(style: Style, explode: boolean): string {
  if (style === 'spaceDelimited') return '%20';
  if (style === 'pipeDelimited') return '%7C';
  return style === 'label' && explode ? '.' : ',';
}
