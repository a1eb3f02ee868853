import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { LoadError } from '../../core/errors/faults.ts';
import type { Actions } from '../actions.ts';
import { onPath } from '../on-path.ts';
import { type OwnApi, PKI_FOLDER, templates, templatesFor } from './templates.ts';

export interface InitOptions {
  /** Where to make the project, relative to `cwd` or absolute. */
  readonly folder: string;
  readonly cwd: string;
  /** PATH of the caller. */
  readonly path: string | undefined;
  readonly createPki: Actions['createPki'];
  /** Put this description behind the gate, instead of an example. */
  readonly api?: OwnApiRequest;
}

export interface OwnApiRequest {
  /** An OpenAPI document, JSON or YAML. */
  readonly document: string;
  /** Where the API is served. */
  readonly upstream: string;
  /** Name of the API; by default made from the file's name. */
  readonly name?: string;
}

/** A gate does not start from what everybody may write, and a umask may be too open. */
const FOLDER = { recursive: true, mode: 0o755 } as const;

/**
 * Makes a project that `sallyport validate` accepts. A file that is already there is kept as it is.
 *
 * @returns what was made and what was kept, for people
 */
export async function initProject({ folder, cwd, path: search_path, createPki, api }: InitOptions): Promise<string> {
  const project = resolve(cwd, folder);
  const files = api ? templatesFor(await readOwnApi(api, cwd)) : templates();
  await mkdir(project, FOLDER);
  const lines: string[] = [];
  for (const { path, text } of files) {
    const made = await writeNew(join(project, path), text);
    lines.push(`${made ? 'made' : 'kept'} ${join(folder, path)}`);
  }
  const pki = await makePki(join(project, PKI_FOLDER), createPki);
  if (pki === null) lines.push(`kept ${join(folder, PKI_FOLDER)}`);
  else lines.push(...pki.map((file) => `made ${join(folder, PKI_FOLDER, file)}`));
  return `${lines.join('\n')}\n\n${nextSteps(relative(cwd, project), search_path)}`;
}

async function readOwnApi({ document, upstream, name }: OwnApiRequest, cwd: string): Promise<OwnApi> {
  const text = await readDescription(document, cwd);
  const extension = extname(document);
  const own_name = name ?? nameFrom(basename(document, extension));
  return { name: own_name, file: `${own_name}${extension || '.yaml'}`, text, upstream };
}

/** @throws LoadError CONFIG_FILE */
async function readDescription(document: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, document), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `${document} cannot be read (${code ?? 'unknown error'})`;
    throw new LoadError([{ code: 'CONFIG_FILE', message, suggestion: 'Name an OpenAPI document in JSON or YAML' }]);
  }
}

/** `Petstore v3.0` is `petstore-v3-0`, and `3.1` is `api-3-1`: a name begins with a letter. */
function nameFrom(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const begun = /^[a-z]/.test(words[0] ?? '') ? words : ['api', ...words];
  return begun.join('-').slice(0, 40).replace(/-+$/, '');
}

/** Writes a file only where there is none; atomic, so that nothing is ever overwritten. */
async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), FOLDER);
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Makes the development PKI, or returns null when the folder already holds something. */
async function makePki(folder: string, createPki: Actions['createPki']): Promise<readonly string[] | null> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) return null;
  return createPki({
    folder,
    gate_names: ['localhost'],
    clients: [{ trust: 'acme-ca', uri: 'spiffe://acme.example/erp', file: 'acme-erp' }],
  });
}

const LAUNCHER_FOLDER = join(import.meta.dirname, '..', '..', '..', 'bin');

function nextSteps(folder: string, search_path: string | undefined): string {
  const steps = [
    ...(onPath('sallyport', search_path) ? [] : [`export PATH="${LAUNCHER_FOLDER}:$PATH"`]),
    ...(folder === '' ? [] : [`cd ${folder}`]),
    'sallyport validate',
  ];
  return (
    'The certificates are for development on this machine only.\n' +
    `README.md says what to change first. Next:\n\n${steps.map((step) => `  ${step}\n`).join('')}`
  );
}
