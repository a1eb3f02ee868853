import { type Element, NotDer, TAG } from './der.ts';

const FORM = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Unix milliseconds of a time in the one form that RFC 5280 section 4.1.2.5.2 has, which RFC 6960 takes over. @throws NotDer */
export function generalizedTime(element: Element | undefined): number {
  if (element?.tag !== TAG.generalized_time) throw new NotDer('no time');
  const text = element.content.toString('latin1');
  const iso = text.replace(FORM, '$1-$2-$3T$4:$5:$6.000Z');
  const time = new Date(iso);
  // A thirtieth of February would be taken for a day of March.
  if (iso === text || Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw new NotDer('no time');
  return time.getTime();
}
