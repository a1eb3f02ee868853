import { renameSync, writeFileSync } from 'node:fs';
import type { Contract } from '../channels/api/contract/index.ts';
import { type OperationShape, operationShapes } from '../channels/api/review/accept/digest.ts';
import {
  parseReview,
  type Review,
  reviewDay,
  reviewerName,
  reviewNote,
  reviewText,
} from '../channels/api/review/accept/review-file.ts';
import { acceptOperations, type OperationReview, reviewStates } from '../channels/api/review/accept/status.ts';
import type { Actions } from '../cli/actions.ts';
import type { OperationReviewView } from '../cli/contract-actions.ts';
import { type ApiConfig, type GateConfig, loadConfig } from '../config/load.ts';
import { type Fault, LoadError } from '../core/errors/index.ts';
import { FaultCollector } from './collect.ts';
import { apiNamed, apisNamed, unknownName } from './contract-source.ts';
import { loadContracts } from './policy-model.ts';
import { liveFiles, type ProjectFiles } from './project-files.ts';

/** Enters operations of an api as reviewed, in the file beside its contract. */
export const acceptContract: (now: () => number) => Actions['contractAccept'] =
  (now) =>
  async ({ config: config_path, api: name, reviewer, date, note, operations }) => {
    const config = await loadConfig(config_path);
    const api = apiNamed(config, name);
    const day = date ?? new Date(now()).toISOString().slice(0, 10);
    checkWords({ reviewer, date: day, note });
    const shapes = shapesOf(config, api);
    const { file, path } = api.review;
    const before = readReview(api) ?? new Map();
    const accepted = acceptOperations(api.id, shapes, before, {
      reviewer,
      date: day,
      note: note ?? undefined,
      operations: operations.length === 0 ? null : idsNamed(api.id, operations, shapes),
    });
    writeReview(path, file, accepted.review);
    const reviewed = reviewStates(shapes, accepted.review).filter(({ state }) => state === 'reviewed').length;
    const { entered, dropped } = accepted;
    return { api: api.id, file, reviewer, date: day, entered, dropped, reviewed, operations: shapes.length };
  };

/** What of each api is reviewed as it is. */
export const reviewStatus: Actions['contractStatus'] = async ({ config: path, api: name }) => {
  const config = await loadConfig(path);
  return apisNamed(config, name).map((api) => {
    const states = reviewStates(shapesOf(config, api), readReview(api) ?? new Map());
    const { file, required } = api.review;
    return { api: api.id, file, required, operations: states.map(stateView) };
  });
};

/**
 * What a load says about reviews: a fault for each operation that is not reviewed where the api asks for it, and where
 * a review has begun a sentence that counts them. An api without a review file, and that asks for none, costs nothing.
 *
 * @throws LoadError CONTRACT_REVIEW, CONTRACT_UNREVIEWED
 */
export function checkReviews(
  apis: readonly ApiConfig[],
  contracts: readonly Contract[],
  files: ProjectFiles,
): string[] {
  const faults = new FaultCollector();
  const warnings = apis.flatMap((api) => {
    const contract = contracts.find((candidate) => candidate.api === api.id);
    return contract ? (faults.try(() => checkReview(api, contract, files)) ?? []) : [];
  });
  faults.raise();
  return warnings;
}

function checkReview(api: ApiConfig, contract: Contract, files: ProjectFiles): string[] {
  const review = readReview(api, files);
  if (review === null && !api.review.required) return [];
  const shapes = operationShapes(contract.root, contract.operations);
  const open = reviewStates(shapes, review ?? new Map()).filter(({ state }) => state !== 'reviewed');
  if (open.length === 0) return [];
  if (api.review.required) throw new LoadError(unreviewed(open, contract));
  const what = open.length === 1 ? '1 operation is' : `${open.length} operations are`;
  return [`${contract.path}: ${what} not reviewed as now; see: sallyport contract status ${api.id}`];
}

function unreviewed(open: readonly OperationReview[], contract: Contract): Fault[] {
  const pointers = new Map(contract.operations.map(({ id, pointer }) => [id, pointer]));
  const places = contract.locate(open.map(({ id }) => pointers.get(id) ?? ''));
  return open.map(({ id, state }, index) => ({
    code: 'CONTRACT_UNREVIEWED',
    ...places[index],
    key: `#${pointers.get(id)}`,
    message: state === 'never' ? `nobody has reviewed ${id}` : `${id} is other than it was reviewed`,
    suggestion: `Look at it, then run: sallyport contract accept ${contract.api} --reviewer NAME`,
  }));
}

function shapesOf(config: GateConfig, api: ApiConfig): OperationShape[] {
  const faults = new FaultCollector();
  const [contract] = loadContracts({ ...config, apis: [api] }, faults);
  faults.raise();
  return operationShapes(contract!.root, contract!.operations);
}

/** Null where there is none. */
function readReview({ review: { path, file } }: ApiConfig, files: ProjectFiles = liveFiles): Review | null {
  const text = optionalText(path, file, files);
  return text === null ? null : parseReview(file, text);
}

function optionalText(path: string, file: string, files: ProjectFiles): string | null {
  try {
    return files.optionalText(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `the file cannot be read (${code ?? 'unknown error'})`;
    throw new LoadError([{ code: 'CONTRACT_REVIEW', file, message }]);
  }
}

/** In one step, so that whoever reads meanwhile finds the old one or the new one. */
function writeReview(path: string, file: string, review: Review): void {
  try {
    writeFileSync(`${path}.new`, reviewText(review), { mode: 0o644 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LoadError([{ code: 'CONFIG_FILE', file, message: `cannot be written (${code ?? 'unknown error'})` }]);
  }
}

function idsNamed(api: string, names: readonly string[], shapes: readonly OperationShape[]): Set<string> {
  const known = shapes.map(({ id }) => id);
  const ids = names.map((name) => (known.includes(name) ? name : `${api}.${name}`));
  const unknown = names.filter((_name, index) => !known.includes(ids[index]!));
  if (unknown.length > 0) throw new LoadError(unknown.map((name) => unknownName('operation', name, known)));
  return new Set(ids);
}

function checkWords(given: { readonly reviewer: string; readonly date: string; readonly note: string | null }): void {
  const faults = (
    [
      ['reviewer', reviewerName],
      ['date', reviewDay],
      ['note', reviewNote.nullable()],
    ] as const
  ).flatMap(([key, schema]): Fault[] => {
    const problem = schema.safeParse(given[key]).error?.issues[0]?.message;
    return problem === undefined ? [] : [{ code: 'CONFIG_VALUE', message: `--${key}: ${problem}` }];
  });
  if (faults.length > 0) throw new LoadError(faults);
}

function stateView({ id, state, entry }: OperationReview): OperationReviewView {
  return {
    id,
    state,
    reviewer: entry?.reviewer ?? null,
    date: entry?.date ?? null,
    note: entry?.note ?? null,
  };
}
