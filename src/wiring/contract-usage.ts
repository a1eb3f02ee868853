import type { Contract } from '../channels/api/contract/index.ts';
import { reviewDocument } from '../channels/api/review/document.ts';
import { type OperationUsageReport, reportUsage } from '../channels/api/review/usage/report.ts';
import type { StoredApi } from '../channels/api/review/usage/stored.ts';
import type { Actions } from '../cli/actions.ts';
import type { OperationUsageView, UsageView } from '../cli/contract-actions.ts';
import { loadConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';
import { FaultCollector } from './collect.ts';
import { apisNamed } from './contract-source.ts';
import { readAllUsage } from './keep-usage.ts';
import { loadContracts } from './policy-model.ts';

/** What of each api is used, as far as the gate has counted. */
export const contractUsage: Actions['contractUsage'] = async ({ config: path, api: name }) => {
  const config = await loadConfig(path);
  const faults = new FaultCollector();
  const contracts = loadContracts({ ...config, apis: apisNamed(config, name) }, faults);
  faults.raise();
  const { stored, damaged } = readAllUsage(config.data_folder);
  if (damaged.length > 0) {
    const message = 'the file is not what a gate wrote';
    const suggestion = 'Move it away: a gate that starts counts anew';
    throw new LoadError(damaged.map((file) => ({ code: 'DATA_FOLDER', file, message, suggestion })));
  }
  return contracts.map((contract) => usageView(contract, stored?.apis[contract.api] ?? null));
};

/** Counts under another contract say nothing about this one. */
function usageView(contract: Contract, stored: StoredApi | null): UsageView {
  const counted = stored?.contract === contract.digest ? stored : null;
  const by_pointer = new Map(
    reviewDocument(contract.root).operations.map((operation) => [operation.node.pointer, operation]),
  );
  return {
    api: contract.api,
    since: counted?.since ?? null,
    operations: contract.operations.flatMap(({ id, pointer }): OperationUsageView[] => {
      const operation = by_pointer.get(pointer);
      return operation ? [operationView(id, reportUsage(contract.root, operation, counted?.operations[id]))] : [];
    }),
  };
}

function operationView(
  id: string,
  { exchanges, looked_into, request, answers, cut }: OperationUsageReport,
): OperationUsageView {
  const parts = [
    { part: 'request', ...request },
    ...answers.map(({ status, ...usage }) => ({ part: status, ...usage })),
  ];
  return { id, exchanges, looked_into, parts, cut };
}
