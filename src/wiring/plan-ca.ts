/** The CA of a configuration: its certificate is part of the plan, its key of the signer alone. */

import { relative } from 'node:path';
import type { CaConfig } from '../config/load.ts';
import { judgeCaCertificate, type TrustBundle, writePem } from '../core/trust/index.ts';
import type { NamedFile } from './collect.ts';
import type { ProjectFiles } from './project-files.ts';
import { readText } from './read-text.ts';

/** What whoever is to issue needs, but for the key. Holds no secret. */
export interface PlannedCa {
  /** PEM of the certificate of the CA, and of nothing else that stands in its file. */
  readonly certificate: string;
  /** The trust that vouches for it: credentials name it by that. */
  readonly trust: TrustBundle;
  readonly key_path: string;
  /** Of what it issues. */
  readonly validity_ms: number;
  /** Unix milliseconds at which it was judged. */
  readonly judged_ms: number;
  /** Where the configuration names its files, for faults. */
  readonly named: readonly NamedFile[];
}

export interface PlanCaRequest {
  readonly ca: CaConfig;
  readonly files: ProjectFiles;
  /** Those that zones trust. */
  readonly bundles: readonly TrustBundle[];
  readonly named: readonly NamedFile[];
  readonly now_ms: number;
}

/**
 * Judges the certificate of a CA; its key is not read.
 *
 * @throws LoadError whose faults name the certificate by its path
 */
export function planCa({ ca, files, bundles, named, now_ms }: PlanCaRequest): PlannedCa {
  const { certificate, key, validity_ms } = ca;
  const pem = readText(certificate, 'ca.certificate', files);
  const judged = judgeCaCertificate({ file: certificate.path, pem, bundles, now_ms });
  return {
    certificate: writePem('CERTIFICATE', judged.certificate.der),
    trust: judged.trust,
    key_path: key.path,
    validity_ms,
    judged_ms: now_ms,
    named,
  };
}

/** The files of a CA, by the places that name them. */
export function caFiles({ certificate, key, key_source }: CaConfig, folder: string): readonly NamedFile[] {
  return [
    { path: certificate.path, shown: certificate.file, source: certificate.source, key: 'ca.certificate' },
    { path: key.path, shown: relative(folder, key.path), source: key_source, key: 'ca.key' },
  ];
}
