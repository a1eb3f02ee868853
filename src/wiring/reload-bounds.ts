/** What a reload cannot change. */
import type { GateConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';

/** @throws LoadError where a configuration needs a restart */
export function refuseRestartChanges(before: GateConfig, next: GateConfig): void {
  refuseOtherListeners(before, next);
  refuseOtherStart(before, next);
}

/** A reload opens and closes no ports: another set of listeners needs another start. */
function refuseOtherListeners(before: GateConfig, next: GateConfig): void {
  const ports = ({ zones }: GateConfig) =>
    zones.flatMap((zone) =>
      zone.listen.map(({ address, port, names }) =>
        JSON.stringify([zone.id, address, port, names, zone.timeouts, zone.connections]),
      ),
    );
  if (ports(before).join() === ports(next).join()) return;
  throw new LoadError([
    {
      code: 'CONFIG_VALUE',
      file: next.file,
      key: 'zones',
      message: 'listeners, their time-outs or their connection caps are other than at the start',
      suggestion: 'Restart the gate to open other ports',
    },
  ]);
}

/**
 * Log, processes and admin listener stay over a reload: to say they were elsewhere would send people to the wrong place.
 */
function refuseOtherStart(before: GateConfig, next: GateConfig): void {
  const changed = [
    ...(before.data_folder === next.data_folder ? [] : ['gate.data']),
    ...(before.workers === next.workers ? [] : ['gate.workers']),
    ...(before.audit.segment_bytes === next.audit.segment_bytes ? [] : ['audit.segment']),
    ...(JSON.stringify(before.admin) === JSON.stringify(next.admin) ? [] : ['admin']),
  ];
  if (changed.length === 0) return;
  throw new LoadError(
    changed.map((key) => ({
      code: 'CONFIG_VALUE',
      file: next.file,
      key,
      message: 'is other than at the start',
      suggestion: 'Restart the gate to change this',
    })),
  );
}
