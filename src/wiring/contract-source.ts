import { resolve } from 'node:path';
import { type ComposedDocument, composeDocument } from '../channels/api/contract/overlay/compose.ts';
import { versionOf } from '../channels/api/review/document.ts';
import type { CommonOptions } from '../cli/actions.ts';
import { type ApiConfig, type GateConfig, loadConfig } from '../config/load.ts';
import { type Fault, LoadError } from '../core/errors/index.ts';
import { localiseReferences } from '../protocol/jsonschema/index.ts';
import { nearest } from '../protocol/text/edit-distance.ts';
import { type ContractTexts, readContractTexts } from './contract-texts.ts';
import { readNamedFile } from './read-text.ts';

/** A description that somebody named on the command line. */
export interface NamedDocument {
  /** Name of the api; null for a file. */
  readonly api: string | null;
  /** As the user would name it. */
  readonly file: string;
  readonly document: ComposedDocument;
}

/** What has a dot or a slash in it is a file; names of apis have neither. */
export async function namedDocument(options: CommonOptions, name: string): Promise<NamedDocument> {
  if (/[./\\]/.test(name)) {
    const text = readNamedFile(resolve(options.io.cwd, name), name);
    return { api: null, file: name, document: composed({ contract: { path: name, text }, overlays: [] }) };
  }
  return apiDocument(apiNamed(await loadConfig(options.config), name));
}

/** The contract of an api with its overlays. */
export function apiDocument(api: ApiConfig): NamedDocument {
  return { api: api.id, file: api.contract.file, document: composed(readContractTexts(api)) };
}

/** As the load reads it: with every reference as a pointer. */
function composed({ contract, overlays }: ContractTexts): ComposedDocument {
  const document = composeDocument(contract, overlays);
  localiseReferences(document.root, versionOf(document.root) === '3.0' ? '3.0' : '2020-12');
  return document;
}

/** @throws LoadError CONFIG_REFERENCE for a name that no api has */
export function apiNamed({ apis }: GateConfig, name: string): ApiConfig {
  const api = apis.find(({ id }) => id === name);
  if (api) return api;
  const names = apis.map(({ id }) => id);
  throw new LoadError([unknownName('API', name, names)]);
}

/** The api of this name, or every api where there is none. */
export function apisNamed(config: GateConfig, name: string | null): readonly ApiConfig[] {
  return name === null ? config.apis : [apiNamed(config, name)];
}

export function unknownName(what: string, name: string, known: readonly string[]): Fault {
  const meant = nearest(name, known);
  const suggestion = meant === null ? {} : { suggestion: `did you mean ${JSON.stringify(meant)}?` };
  return { code: 'CONFIG_REFERENCE', message: `no ${what} is named ${JSON.stringify(name)}`, ...suggestion };
}
