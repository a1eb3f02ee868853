/**
 * What the command line calls. It has no logic of its own: it turns arguments into these calls, and what they
 * return into text and an exit code. An action may throw LoadError, which is shown as faults with exit code 2.
 */
import type { Fault } from '../core/errors/faults.ts';
import type { CertificateActions } from './certificate-actions.ts';
import type { CheckActions } from './check-actions.ts';
import type { ContractActions } from './contract-actions.ts';
import type { ExitCode } from './exit-codes.ts';
import type { CliIo } from './terminal.ts';
import type { WatchActions } from './watch-actions.ts';

export interface CommonOptions {
  /** The configuration file as the user named it. */
  readonly config: string;
  /** Machine-readable output was asked for. */
  readonly json: boolean;
  readonly io: CliIo;
}

export interface ValidateReport {
  readonly faults: readonly Fault[];
  /** Things that are allowed but look like a slip, one sentence each. */
  readonly warnings: readonly string[];
  /** What was read, such as `3 operations`. */
  readonly summary: readonly string[];
}

/** Where a policy stands. */
export interface PolicyView {
  readonly name: string;
  readonly effect: 'permit' | 'forbid';
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A permit that did not apply, with what kept it from applying. */
export interface NearPermitView extends PolicyView {
  readonly principal_matches: boolean;
  readonly action_matches: boolean;
  readonly resource_matches: boolean;
  readonly clauses: readonly { readonly line: number; readonly text: string; readonly holds: boolean | 'error' }[];
}

export interface ExplainView {
  readonly machine: string;
  readonly operation: string;
  readonly action: string | null;
  readonly decision: {
    readonly allow: boolean;
    readonly code: string | null;
    readonly policies: readonly string[];
    readonly errors: readonly string[];
  };
  readonly deciding: readonly PolicyView[];
  readonly near: readonly NearPermitView[];
}

export interface PolicyCaseView {
  readonly case: {
    readonly machine: string;
    readonly operation: string;
    readonly expect: 'allow' | 'deny';
    readonly file: string;
    readonly line: number;
  };
  readonly ok: boolean;
  readonly problems: readonly string[];
}

/** A development PKI for a new project. */
export interface PkiRequest {
  /** Absolute path of the folder to make it in; it does not exist or is empty. */
  readonly folder: string;
  /** Names of the gate: `gate.pem`, `gate.key`, and `gate-ca.pem` for its callers. */
  readonly gate_names: readonly string[];
  /** Client certificates: `<file>.pem` and `<file>.key`, issued by a CA in `<trust>.pem`. */
  readonly clients: readonly { readonly trust: string; readonly uri: string; readonly file: string }[];
}

/** How notices are written: for people, or a JSON object a line. */
export type LogFormat = 'text' | 'json';

export interface Actions extends CertificateActions, CheckActions, ContractActions, WatchActions {
  /** Runs the gate until it is told to stop. */
  readonly run: (
    options: CommonOptions & { readonly exchanges: boolean; readonly log: LogFormat },
  ) => Promise<ExitCode>;
  /** Runs the example gate with a service and certificates of its own. */
  readonly demo: (
    options: CommonOptions & { readonly port: number | null; readonly log: LogFormat },
  ) => Promise<ExitCode>;
  /** Loads everything a start would load, and opens nothing. */
  readonly validate: (options: CommonOptions) => Promise<ValidateReport>;
  readonly policyExplain: (
    options: CommonOptions & { readonly machine: string; readonly operation: string; readonly zone: string | null },
  ) => Promise<ExplainView>;
  readonly policyTest: (
    options: CommonOptions & { readonly files: readonly string[] },
  ) => Promise<readonly PolicyCaseView[]>;
  /** Makes the files and returns their names relative to the folder. */
  readonly createPki: (request: PkiRequest) => Promise<readonly string[]>;
}
