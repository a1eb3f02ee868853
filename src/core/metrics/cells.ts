/** What one series holds. Written to on the way of every exchange: plain numbers, nothing allocated. */

/** The value of a counter. */
export class Count {
  value = 0;

  add(amount: number): void {
    this.value += amount;
  }
}

/** The values of a histogram. */
export class Distribution {
  readonly bounds: readonly number[];
  /** One for each bound, and one for what is above all of them; not cumulative. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    counts[at] = (counts[at] as number) + 1;
    this.sum += value;
  }
}
