import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Actions } from '../actions.ts';
import { PKI_FOLDER, templates } from './templates.ts';

export interface InitOptions {
  /** Where to make the project, relative to `cwd` or absolute. */
  readonly folder: string;
  readonly cwd: string;
  readonly createPki: Actions['createPki'];
}

/**
 * Makes a project that `sallyport validate` accepts. A file that is already there is kept as it is.
 *
 * @returns what was made and what was kept, for people
 */
export async function initProject({ folder, cwd, createPki }: InitOptions): Promise<string> {
  const project = resolve(cwd, folder);
  await mkdir(project, { recursive: true });
  const lines: string[] = [];
  for (const { path, text } of templates()) {
    const made = await writeNew(join(project, path), text);
    lines.push(`${made ? 'made' : 'kept'} ${join(folder, path)}`);
  }
  const pki = await makePki(join(project, PKI_FOLDER), createPki);
  if (pki === null) lines.push(`kept ${join(folder, PKI_FOLDER)}`);
  else lines.push(...pki.map((file) => `made ${join(folder, PKI_FOLDER, file)}`));
  return `${lines.join('\n')}\n\n${nextSteps(relative(cwd, project))}`;
}

/** Writes a file only where there is none; atomic, so that nothing is ever overwritten. */
async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
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

function nextSteps(folder: string): string {
  const enter = folder === '' ? '' : `cd ${folder} && `;
  return `The certificates are for development on this machine only.\nNext: ${enter}sallyport validate\n`;
}
