import { diffDocuments } from '../channels/api/review/diff/diff.ts';
import type { Actions } from '../cli/actions.ts';
import { namedDocument } from './contract-source.ts';

/** Compares two descriptions by what the gate lets through under each. */
export const diffContracts: Actions['contractDiff'] = async ({ before, after, ...options }) => {
  const was = await namedDocument(options, before);
  const is = await namedDocument(options, after);
  const { operations, changes } = diffDocuments(was.document.root, is.document.root);
  return { before, after, operations, changes };
};
