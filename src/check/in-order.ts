/** Results that may wait for one before them: so many times what runs at once. */
const WAITING_FACTOR = 8;

/**
 * Works on so many items at once, and gives the results in the order of the items. What is done early waits, within a bound, so that
 * one slow item neither stops the others nor makes them heap up.
 *
 * @param at_once at least 1
 * @param work does not reject
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  at_once: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  const running = new Set<Promise<Result>>();
  const is_full = () => begun.length >= at_once * WAITING_FACTOR;
  for (const item of items) {
    while (running.size >= at_once || is_full()) {
      if (is_full() || !running.has(begun[0]!)) yield await begun.shift()!;
      else await Promise.race(running);
    }
    const result = work(item).finally(() => running.delete(result));
    running.add(result);
    begun.push(result);
  }
  for (const result of begun) yield await result;
}
