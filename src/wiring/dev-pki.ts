import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PkiRequest } from '../cli/actions.ts';
import { LoadError } from '../core/errors/index.ts';
import { createDevelopmentCa, type IssuedCertificate, issueDevelopmentCertificate } from '../core/trust/dev-ca.ts';

const CA_DAYS = 3650;
const CERTIFICATE_DAYS = 365;
const OWNER_FILE = 0o600;
const OWNER_FOLDER = 0o700;

export interface PkiPorts {
  readonly now: () => number;
  readonly random: (size_bytes: number) => Uint8Array;
}

/**
 * Makes a private PKI for development: a CA for the gate's own name, and one CA per trust name for its callers. Keys
 * of the CAs are not kept. The folder appears complete or not at all: it is made under another name and renamed.
 *
 * @returns the names of the files made
 * @throws LoadError CONFIG_FILE where the folder exists with something in it
 */
export async function createPki(request: PkiRequest, ports: PkiPorts): Promise<readonly string[]> {
  if (existsSync(request.folder) && readdirSync(request.folder).length > 0) {
    throw new LoadError([
      {
        code: 'CONFIG_FILE',
        file: request.folder,
        message: 'the folder for certificates is not empty',
        suggestion: 'Remove the folder to have everything in it made again',
      },
    ]);
  }
  const made = await issueAll(request, ports);
  const building = join(dirname(request.folder), `.${basename(request.folder)}.new`);
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true, mode: OWNER_FOLDER });
  chmodSync(building, OWNER_FOLDER);
  for (const [name, text] of made) writeFileSync(join(building, name), text, { mode: OWNER_FILE, flag: 'wx' });
  if (existsSync(request.folder)) rmSync(request.folder, { recursive: true });
  renameSync(building, request.folder);
  return [...made.keys()];
}

async function issueAll(request: PkiRequest, { now, random }: PkiPorts): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const common = { now_ms: now(), random };
  const pair = (file: string, { cert, key }: IssuedCertificate): void => {
    made.set(`${file}.pem`, cert);
    made.set(`${file}.key`, key);
  };
  const gate_ca = await createDevelopmentCa({ ...common, name: 'Sallyport development gate CA', days: CA_DAYS });
  made.set('gate-ca.pem', gate_ca.cert);
  const server = await issueDevelopmentCertificate({
    ...common,
    ca: gate_ca,
    kind: 'server',
    names: request.gate_names,
    uris: [],
    days: CERTIFICATE_DAYS,
  });
  // The root stands in the file so that the chain can be seen to be complete; it is not sent.
  pair('gate', { ...server, cert: server.cert + gate_ca.cert });
  const cas = new Map<string, IssuedCertificate>();
  for (const { trust, uri, file } of request.clients) {
    const ca =
      cas.get(trust) ?? (await createDevelopmentCa({ ...common, name: `Development ${trust}`, days: CA_DAYS }));
    cas.set(trust, ca);
    made.set(`${trust}.pem`, ca.cert);
    pair(
      file,
      await issueDevelopmentCertificate({
        ...common,
        ca,
        kind: 'client',
        names: [],
        uris: [uri],
        days: CERTIFICATE_DAYS,
      }),
    );
  }
  return made;
}
