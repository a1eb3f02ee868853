/** The OCSF enumerations this log uses (https://schema.ocsf.io/1.6.0). */

import type { RefusalCode } from '../errors/codes.ts';
import type { EventName } from './record.ts';

export const OCSF_VERSION = '1.6.0';

/** Class API Activity (6003), `activity_id` by HTTP method. */
const API_ACTIVITIES: ReadonlyMap<string, number> = new Map([
  ['POST', 1],
  ['GET', 2],
  ['HEAD', 2],
  ['OPTIONS', 2],
  ['PUT', 3],
  ['PATCH', 3],
  ['DELETE', 4],
]);

const OTHER = 99;

export const apiActivity = (method: string): number => API_ACTIVITIES.get(method) ?? OTHER;

/** Class Application Lifecycle (6002), `activity_id` by event. */
export const EVENT_ACTIVITIES: Readonly<Record<EventName, number>> = {
  gate_started: 3,
  gate_stopped: 4,
  plan_switched: 8,
  plan_refused: OTHER,
  process_ended: OTHER,
  process_stuck: OTHER,
  process_restarted: OTHER,
  upstream_changed: OTHER,
  certificate_expiring: OTHER,
  certificate_expired: OTHER,
  certificate_issued: OTHER,
  certificate_refused: OTHER,
  log_recovered: OTHER,
  log_resumed: OTHER,
};

const INFORMATIONAL = 1;
const LOW = 2;
const MEDIUM = 3;
const HIGH = 4;

/** Refusals that tell of more than a caller's mistake. */
const RAISED: Partial<Record<RefusalCode, number>> = {
  AUTHN_CERT_SIGNATURE: MEDIUM,
  AUTHN_MACHINE_AMBIGUOUS: MEDIUM,
  AUTHN_MACHINE_SUSPENDED: MEDIUM,
  AUTHZ_ERROR: MEDIUM,
  VALIDATE_BINDING: MEDIUM,
  VALIDATE_ATTACK: MEDIUM,
  FILTER_SCHEMA: MEDIUM,
  FILTER_LEAK: MEDIUM,
  FILTER_VOLUME: MEDIUM,
  FORWARD_UNPROVEN: HIGH,
  FORWARD_INTENT: HIGH,
  RECORD_UNAVAILABLE: HIGH,
  OUTCOME_UNKNOWN: HIGH,
  INTERNAL: HIGH,
};

export const severity = (code: RefusalCode | null): number => (code === null ? INFORMATIONAL : (RAISED[code] ?? LOW));

/** Events that somebody should look at. */
const RAISED_EVENTS: Partial<Record<EventName, number>> = {
  plan_refused: MEDIUM,
  process_ended: HIGH,
  process_stuck: HIGH,
  certificate_expiring: MEDIUM,
  certificate_expired: HIGH,
  certificate_issued: MEDIUM,
  certificate_refused: MEDIUM,
  log_recovered: HIGH,
  log_resumed: HIGH,
};

export const eventSeverity = (event: EventName): number => RAISED_EVENTS[event] ?? INFORMATIONAL;

/** `status_id`, and `action_id` and `disposition_id` of the profile Security Control. */
export type Judgement = readonly [status_id: number, action_id: number, disposition_id: number];

export const SUCCESS: Judgement = [1, 1, 1];
export const FAILURE: Judgement = [2, 2, 2];
export const UNKNOWN: Judgement = [0, 0, 0];
