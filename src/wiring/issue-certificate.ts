/** Has a running gate certify the key of a request: the request is read and proven here, in the operator's process. */

import { accessSync, closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { askForCertificate } from '../admin/read-gate.ts';
import type { CertificateActions, IssueView } from '../cli/certificate-actions.ts';
import { type IssueCode, LoadError } from '../core/errors/index.ts';
import { MAX_REQUEST_BYTES, readCertificateRequest } from '../core/trust/certificate-request.ts';
import { type Place, placeOf, reaching } from './reach-gate.ts';

/** What is no fault of the order. */
const AGAIN: readonly IssueCode[] = ['ISSUE_BUSY', 'ISSUE_SIGNER_DOWN', 'ISSUE_UNRECORDED', 'ISSUE_DEFECT'];
/** What is certified is for everybody to see. */
const CERTIFICATE_MODE = 0o644;

/** @throws LoadError CONFIG_FILE where a file is not there, or is there already; Error where the gate cannot be reached */
export const issueCertificate: CertificateActions['certificateIssue'] = async (options) => {
  const { machine, uri, io } = options;
  const out = options.out === null ? null : resolve(io.cwd, options.out);
  const place = await placeOf(options);
  if (place.target.kind === 'tcp') {
    throw new Error('this gate listens on no Unix socket (admin.listen), and certifies nobody elsewhere');
  }
  const file = readBounded(resolve(io.cwd, options.request), options.request);
  if (out !== null) checkOut(out, options.out!);
  const request = readCertificateRequest(file);
  if (!request.ok) {
    await tellOfRefusal(place, machine, request.code);
    return { ok: false, code: request.code, reason: `${options.request}: ${request.reason}`, again: false };
  }
  const result = await reaching(place, () => askForCertificate(place.target, { machine, uri, key: request.key }));
  if (!result.ok) return { ...result, again: AGAIN.includes(result.code) };
  const view: IssueView = { ...result, file: out, ignored: request.ignored };
  if (out !== null) writeNew(out, view.certificate);
  return view;
};

/** For the record: whoever brought such a request may be somebody to ask. A gate that is not there misses it. */
async function tellOfRefusal(
  { target }: Place,
  machine: string,
  refused: 'ISSUE_REQUEST' | 'ISSUE_PROOF' | 'ISSUE_KEY',
) {
  await askForCertificate(target, { machine, refused }).catch(() => undefined);
}

/** Before anything is issued. */
function checkOut(path: string, file: string): void {
  let there: boolean;
  try {
    // A link that leads nowhere is in the way all the same.
    there = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw fileFault(file, `its folder cannot be written to (${(error as NodeJS.ErrnoException).code})`);
  }
  if (there) throw fileFault(file, 'the file is there already', 'Name another file');
}

/** As much of a file as a request can have, and one byte more. */
function readBounded(path: string, file: string): Buffer {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileFault(file, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw fileFault(file, 'it is not a regular file');
    const bytes = Buffer.alloc(MAX_REQUEST_BYTES + 1);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Once it is issued it must not be lost for want of a file: it is told with what kept it from being written. */
function writeNew(path: string, certificate: string): void {
  try {
    writeFileSync(path, certificate, { mode: CERTIFICATE_MODE, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`the certificate was issued and cannot be written to ${path} (${code}); it is\n${certificate}`);
  }
}

function fileFault(file: string, message: string, suggestion?: string): LoadError {
  return new LoadError([{ code: 'CONFIG_FILE', file, message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}
