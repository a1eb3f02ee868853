/**
 * Serialises records as OCSF 1.6.0 events, one line each.
 *
 *   exchange with a request     API Activity           6003
 *   exchange that never had one Network Activity       4001, activity Refuse
 *   intent                      API Activity           6003, status Unknown
 *   event                       Application Lifecycle  6002
 *
 * This runs once per exchange inside the gate's CPU budget, so the text is put together directly: the
 * constant parts are constants, and only values that need it are looked at for escapes (see json.ts).
 * What OCSF has no attribute for stands in `unmapped.sallyport`.
 */

import { STEPS } from '../errors/codes.ts';
import type { BATCH_MARK, SEQUENCE_MARK } from './entry.ts';
import { integer, integerOrNull, text, textOrNull, texts } from './json.ts';
import {
  apiActivity,
  EVENT_ACTIVITIES,
  eventSeverity,
  FAILURE,
  type Judgement,
  OCSF_VERSION,
  SUCCESS,
  severity,
  UNKNOWN,
} from './ocsf-codes.ts';
import type { EventRecord, ExchangeRecord, IntentRecord, SourceAddress, TlsEvidence } from './record.ts';

/** Place of a line in the log. */
export interface LinePlace {
  /** Number of the record, counted over all segments from 1. */
  readonly sequence: number | typeof SEQUENCE_MARK;
  /** Sequence of the first record of the same durable write; recovery uses it. */
  readonly batch: number | typeof BATCH_MARK;
}

/** Each function gives one complete line: printable ASCII, ended by LF. */
export interface Serializer {
  outcome(record: ExchangeRecord, place: LinePlace): string;
  intent(record: IntentRecord, place: LinePlace): string;
  event(record: EventRecord, place: LinePlace): string;
}

const MOST_LISTED = 32;
const NAME_UNITS = 128;
const METHOD_UNITS = 32;

export function createSerializer(product_version: string): Serializer {
  const product = `{"name":"Sallyport","vendor_name":"Sallyport","version":${text(product_version, NAME_UNITS)}}`;
  const head = `{"metadata":{"version":"${OCSF_VERSION}","product":${product},"profiles":["security_control","trace"],`;
  const tls_texts = new WeakMap<TlsEvidence, string>();

  /** One connection's evidence is the same in all its records. */
  function tlsOnce(tls: TlsEvidence): string {
    let known = tls_texts.get(tls);
    if (known === undefined) {
      known = tlsText(tls);
      tls_texts.set(tls, known);
    }
    return known;
  }

  return {
    outcome(record, place) {
      const judged = record.code === null ? SUCCESS : record.code === 'OUTCOME_UNKNOWN' ? UNKNOWN : FAILURE;
      const activity = record.http === null ? 5 : apiActivity(record.http.method);
      return (
        `${head}${identity(record.exchange_id, '', place)}},` +
        classification(record.http === null ? 4001 : 6003, activity, severity(record.code)) +
        times(record) +
        judgement(judged) +
        (record.code === null ? '' : `"status_code":"${record.code}",`) +
        (record.reason === null ? '' : `"status_detail":${text(record.reason)},`) +
        caller(record) +
        source(record.source) +
        (record.http === null ? networkParts(record) : requestParts(record, record.http)) +
        trace(record) +
        `"unmapped":{"sallyport":{"record":"outcome","batch":${place.batch},${context(record)}` +
        `"channel":"${record.channel}","verdict":"${record.verdict}",` +
        `"step":${record.step === null ? 'null' : `"${record.step}"`},` +
        `"pointer":${textOrNull(record.pointer)},"rule":${textOrNull(record.rule, NAME_UNITS)},` +
        `"policies":${texts(record.policies, MOST_LISTED, NAME_UNITS)},"steps_us":${steps(record)},` +
        `"upstream":${upstream(record)},${guards(record)}"tls":${record.tls === null ? 'null' : tlsOnce(record.tls)}}}}\n`
      );
    },

    intent(record, place) {
      const method = record.method ?? '';
      return (
        `${head}${identity(record.exchange_id, '.intent', place)}},` +
        classification(6003, apiActivity(method), 1) +
        `"time":${integer(record.started_ms)},` +
        judgement(UNKNOWN) +
        caller(record) +
        source(record.source) +
        api(record.operation, null) +
        `"http_request":{"http_method":${text(method, METHOD_UNITS)}${url(record.path_template)}},` +
        trace(record) +
        `"unmapped":{"sallyport":{"record":"intent","batch":${place.batch},${context(record)}` +
        `"method":${textOrNull(record.method, METHOD_UNITS)}}}}\n`
      );
    },

    event(record, place) {
      const activity = EVENT_ACTIVITIES[record.event];
      return (
        `${head}"sequence":${place.sequence}},` +
        classification(6002, activity, eventSeverity(record.event)) +
        `"activity_name":"${record.event}","time":${integer(record.at_ms)},` +
        `"app":${product},` +
        `"unmapped":{"sallyport":{"record":"event","batch":${place.batch},"event":"${record.event}",` +
        `"plan":${textOrNull(record.plan, NAME_UNITS)},"data":${facts(record.data)}}}}\n`
      );
    },
  };
}

/** Event uid (unique), exchange id (joins intent and outcome) and place. */
function identity(exchange_id: string, suffix: '' | '.intent', place: LinePlace): string {
  const id = text(exchange_id, NAME_UNITS);
  const uid = suffix === '' ? id : `${id.slice(0, -1)}${suffix}"`;
  return `"uid":${uid},"correlation_uid":${id},"sequence":${place.sequence}`;
}

function classification(class_uid: number, activity_id: number, severity_id: number): string {
  const category_uid = Math.floor(class_uid / 1000);
  return (
    `"category_uid":${category_uid},"class_uid":${class_uid},"activity_id":${activity_id},` +
    `"type_uid":${class_uid * 100 + activity_id},"severity_id":${severity_id},`
  );
}

function times(record: ExchangeRecord): string {
  const start = integer(record.started_ms);
  const end = integer(record.ended_ms);
  const duration = integer(Math.max(0, record.ended_ms - record.started_ms));
  return `"time":${end},"start_time":${start},"end_time":${end},"duration":${duration},`;
}

const judgement = ([status_id, action_id, disposition_id]: Judgement): string =>
  `"status_id":${status_id},"action_id":${action_id},"disposition_id":${disposition_id},`;

/**
 * A machine is OCSF's user of type Service (4). Before authentication there is no user; a certificate that
 * was presented and not accepted stands in the session.
 */
function caller({ party, machine, credential }: Pick<ExchangeRecord, 'party' | 'machine' | 'credential'>): string {
  const presented = credential === null ? '' : `"credential_uid":${text(credential, NAME_UNITS)}`;
  if (machine === null && party === null) {
    return `"actor":{"app_name":"unauthenticated"${presented === '' ? '' : `,"session":{${presented}}`}},`;
  }
  const uid = machine === null ? '' : `,"uid":${text(machine, NAME_UNITS)}`;
  const org = party === null ? '' : `,"org":{"uid":${text(party, NAME_UNITS)}}`;
  return `"actor":{"user":{"type_id":4${uid}${org}${presented === '' ? '' : `,${presented}`}}},`;
}

const source = ({ address, port }: SourceAddress): string =>
  `"src_endpoint":{"ip":${text(address, NAME_UNITS)},"port":${integer(port)}},`;

/** `orders.createOrder` is operation createOrder of the service orders. */
function api(operation: string | null, status: number | null): string {
  const response = status === null ? '' : `,"response":{"code":${integer(status)}}`;
  if (operation === null) return `"api":{"operation":"unknown"${response}},`;
  const dot = operation.indexOf('.');
  const service = dot < 0 ? '' : `,"service":{"name":${text(operation.slice(0, dot), NAME_UNITS)}}`;
  return `"api":{"operation":${text(operation)}${service}${response}},`;
}

/** The template only: a path that was sent can hold identifiers of people. */
const url = (path_template: string | null): string =>
  path_template === null ? '' : `,"url":{"path":${text(path_template)}}`;

function requestParts(record: ExchangeRecord, http: NonNullable<ExchangeRecord['http']>): string {
  const answered =
    record.status === null
      ? ''
      : `"http_response":{"code":${integer(record.status)},"length":${integer(record.response_bytes)}},`;
  return (
    api(record.operation, record.status) +
    `"http_request":{"http_method":${text(http.method, METHOD_UNITS)},"version":${text(http.version, METHOD_UNITS)},` +
    `"length":${integer(record.request_bytes)}${url(record.path_template)}},` +
    answered
  );
}

/** OCSF's own `tls` exists in the network classes only. */
function networkParts({ tls, request_bytes, response_bytes }: ExchangeRecord): string {
  const traffic = `"traffic":{"bytes_in":${integer(request_bytes)},"bytes_out":${integer(response_bytes)}},`;
  if (tls === null) return traffic;
  const sni = tls.sni === null ? '' : `,"sni":${text(tls.sni, 255)}`;
  return `${traffic}"tls":{"version":${text(tls.version ?? 'unknown', METHOD_UNITS)}${sni}},`;
}

function trace(record: { readonly trace_id: string; readonly span_id?: string }): string {
  const span = record.span_id === undefined ? '' : `,"span":{"uid":${text(record.span_id, NAME_UNITS)}}`;
  return `"trace":{"uid":${text(record.trace_id, NAME_UNITS)}${span}},`;
}

const context = (record: Pick<ExchangeRecord, 'plan' | 'zone'>): string =>
  `"plan":${text(record.plan, NAME_UNITS)},"zone":${text(record.zone, NAME_UNITS)},`;

function steps({ steps_us }: ExchangeRecord): string {
  let out = '';
  for (const step of STEPS) {
    const spent_us = steps_us[step];
    if (spent_us !== undefined) out += `${out === '' ? '' : ','}"${step}":${integer(spent_us)}`;
  }
  return `{${out}}`;
}

function upstream({ upstream: far }: ExchangeRecord): string {
  if (far === null) return 'null';
  return (
    `{"address":${textOrNull(far.address, NAME_UNITS)},"status":${integerOrNull(far.status)},` +
    `"attempts":${integer(far.attempts)},"trimmed":${integer(far.trimmed)}}`
  );
}

function guards({ guards: found }: ExchangeRecord): string {
  if (!found || found.length === 0) return '';
  const listed = found
    .slice(0, MOST_LISTED)
    .map(
      ({ guard, rule, action, pointer, count }) =>
        `{"guard":${text(guard, NAME_UNITS)},"rule":${text(rule, NAME_UNITS)},"action":"${action}",` +
        `"pointer":${text(pointer)},"count":${integer(count)}}`,
    );
  return `"guards":[${listed.join(',')}],`;
}

function tlsText(tls: TlsEvidence): string {
  return (
    `{"version":${textOrNull(tls.version, METHOD_UNITS)},"cipher":${textOrNull(tls.cipher, NAME_UNITS)},` +
    `"group":${textOrNull(tls.group, NAME_UNITS)},"resumed":${tls.resumed},"sni":${textOrNull(tls.sni, 255)},` +
    `"alpn":${textOrNull(tls.alpn, METHOD_UNITS)},"ja4":${textOrNull(tls.ja4, NAME_UNITS)},` +
    `"offered_groups":${texts(tls.offered_groups, MOST_LISTED, METHOD_UNITS)}}`
  );
}

function facts(data: EventRecord['data']): string {
  const entries = Object.entries(data).slice(0, MOST_LISTED);
  return `{${entries.map(([name, value]) => `${text(name, NAME_UNITS)}:${fact(value)}`).join(',')}}`;
}

function fact(value: string | number | boolean | null): string {
  if (typeof value === 'string') return text(value);
  return typeof value === 'number' ? integer(value) : String(value);
}
