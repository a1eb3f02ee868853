/** What the commands about certificates of machines call, and what they get to show. */
import type { GateOptions } from './watch-actions.ts';

export type IssueView =
  | {
      readonly ok: true;
      readonly party: string;
      readonly machine: string;
      readonly uri: string;
      /** Lower-case hex. */
      readonly serial: string;
      /** SHA-256 of its DER, lower-case hex. */
      readonly thumbprint: string;
      /** Unix milliseconds. */
      readonly not_before_ms: number;
      readonly not_after_ms: number;
      /** PEM. */
      readonly certificate: string;
      /** The file it was written to; null where it was not. */
      readonly file: string | null;
      /** What of the request was passed over. */
      readonly ignored: readonly string[];
    }
  | {
      readonly ok: false;
      readonly code: string;
      /** For people, without a final stop. */
      readonly reason: string;
      /** Nothing was wrong with what was asked; it may be asked again. */
      readonly again: boolean;
    };

export interface CertificateActions {
  /**
   * Has the gate certify the key of a request for a machine. Throws an error with words for people where the gate cannot
   * be reached.
   */
  readonly certificateIssue: (
    options: GateOptions & {
      readonly machine: string;
      /** File with the request. */
      readonly request: string;
      readonly uri: string | null;
      /** File to be made; null prints the certificate. */
      readonly out: string | null;
    },
  ) => Promise<IssueView>;
}
