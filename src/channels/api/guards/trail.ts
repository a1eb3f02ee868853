import { pointerToken } from '../../../protocol/json/pointer.ts';
import type { Tape } from '../../../protocol/json/tape.ts';
import { below, type Place } from './place.ts';

/** A container on the way down, with the child the way goes through. */
interface Step {
  readonly end: number;
  readonly place: Place;
  readonly pointer: string;
  child: number;
}

/**
 * Says of nodes asked for in document order where they stand. Every child is passed once, so that asking for all of
 * them costs what one walk does.
 */
export class Trail {
  readonly #tape: Tape;
  readonly #steps: Step[] = [];
  readonly #root: Place;

  constructor(tape: Tape, root: Place) {
    this.#tape = tape;
    this.#root = root;
  }

  /** @param target not before the one asked for last */
  to(target: number): { readonly place: Place; readonly pointer: string } {
    if (target === 0) return { place: this.#root, pointer: '' };
    const steps = this.#steps;
    while (steps.length > 0 && (steps.at(-1) as Step).end <= target) steps.pop();
    if (steps.length === 0) steps.push(this.#stepInto(0, this.#root, ''));
    for (;;) {
      const step = steps.at(-1) as Step;
      while (this.#tape.next(step.child) <= target) step.child = this.#tape.next(step.child);
      const name = this.#tape.keyOf(step.child);
      const place = below(step.place, name);
      const pointer = step.pointer + (name === undefined ? '/*' : pointerToken(name));
      if (step.child === target) return { place, pointer };
      steps.push(this.#stepInto(step.child, place, pointer));
    }
  }

  #stepInto(node: number, place: Place, pointer: string): Step {
    return { end: this.#tape.next(node), place, pointer, child: node + 1 };
  }
}
