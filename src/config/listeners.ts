import type { Fault } from '../core/errors/faults.ts';
import { displayPath } from './display.ts';
import { fault } from './issues.ts';
import type { KeyPath } from './positions.ts';
import type { WrittenFile } from './references.ts';
import { entriesAt, itemsAt, textAt, valueAt } from './written.ts';

interface Bound {
  readonly address: string;
  readonly path: KeyPath;
}

/** Two listeners cannot share a port on one address; one that binds every address shares it with all. */
export function checkListeners(gate: WrittenFile): Fault[] {
  const by_port = new Map<number, Bound[]>();
  const faults: Fault[] = [];
  for (const [zone, value] of entriesAt(gate.written, ['zones'])) {
    for (const [index, listener] of itemsAt(value, ['listen']).entries()) {
      const port = valueAt(listener, ['port']);
      if (typeof port !== 'number' || port === 0) continue;
      const bound = { address: textAt(listener, ['address']) ?? '127.0.0.1', path: ['zones', zone, 'listen', index] };
      const others = by_port.get(port) ?? [];
      const other = others.find((earlier) => overlap(earlier.address, bound.address));
      by_port.set(port, [...others, bound]);
      if (!other) continue;
      const path = [...bound.path, 'port'];
      const message = `port ${port} is already bound by ${displayPath(other.path)} (${other.address})`;
      faults.push(fault('CONFIG_DUPLICATE', message, path, gate.positions.value(path)));
    }
  }
  return faults;
}

function overlap(left: string, right: string): boolean {
  return left === right || [left, right].some((address) => address === '0.0.0.0' || address === '::');
}
