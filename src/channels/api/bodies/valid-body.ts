import type { Judging } from '../contract/judge-json.ts';
import type { AdmittedRequest, ApiExchange } from '../exchange.ts';
import type { RequestInspection } from '../guards/inspect-request.ts';
import type { PlannedOperation } from '../plan.ts';
import type { BodySource } from '../upstream/upstream.ts';

/** A body that keeps its contract, as the upstream gets it. */
export interface ValidBody {
  readonly content_type: string;
  readonly body: Buffer | BodySource;
}

/** What reading a request body takes. */
export interface ReadContext {
  readonly exchange: ApiExchange;
  readonly request: AdmittedRequest;
  readonly planned: PlannedOperation;
  readonly judging: Judging;
  readonly now_ms: number;
  /** A fresh text that nobody can guess, of letters and digits. */
  readonly nonce: () => string;
  /** Null where the operation's guards look for nothing in requests. */
  readonly inspection: RequestInspection | null;
}
