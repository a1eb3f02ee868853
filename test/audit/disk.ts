/** A disk that can be told to be slow, full, failing or lying; what it stores goes to real files. */

import { type AuditFile, type AuditFs, nodeAuditFs } from '../../src/core/audit/files.ts';

const failure = (code: string): Error => Object.assign(new Error(`injected ${code}`), { code });

export class Disk implements AuditFs {
  /** Bytes that fit before an append writes its beginning only and fails with ENOSPC. */
  free_bytes = Number.POSITIVE_INFINITY;
  /** Error code with which each append fails after having written everything: a failed sync. */
  sync_error: string | undefined;
  create_error: string | undefined;
  /** Bytes of each append, in order. */
  readonly appends: number[] = [];
  /** Held appends wait until `release`. */
  #held: Array<() => void> | undefined;

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  async create(path: string): Promise<AuditFile> {
    if (this.create_error !== undefined) throw failure(this.create_error);
    return this.#wrap(await nodeAuditFs.create(path));
  }

  async open(path: string): Promise<AuditFile> {
    return this.#wrap(await nodeAuditFs.open(path));
  }

  remove(path: string): Promise<void> {
    return nodeAuditFs.remove(path);
  }

  syncFolder(path: string): Promise<void> {
    return nodeAuditFs.syncFolder(path);
  }

  #wrap(file: AuditFile): AuditFile {
    return {
      append: (bytes, position) => this.#append(file, bytes, position),
      truncate: (size_bytes) => file.truncate(size_bytes),
      close: () => file.close(),
    };
  }

  async #append(file: AuditFile, bytes: Uint8Array, position: number): Promise<void> {
    const held = this.#held;
    if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve));
    this.appends.push(bytes.length);
    const fits = Math.min(bytes.length, this.free_bytes);
    this.free_bytes -= fits;
    if (fits > 0) await file.append(bytes.subarray(0, fits), position);
    if (fits < bytes.length) throw failure('ENOSPC');
    if (this.sync_error !== undefined) throw failure(this.sync_error);
  }
}
