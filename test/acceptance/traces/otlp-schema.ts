/**
 * What the JSON of an OTLP trace export may hold, written from opentelemetry-proto 1.x (collector/trace/v1, trace/v1,
 * resource/v1, common/v1) and the OTLP specification's "JSON Protobuf Encoding", not from our code. Strict where
 * receivers need not be: a member that the messages do not have is a mistake here.
 */
import assert from 'node:assert/strict';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  /** As in `Span.SpanKind`. */
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT';
  readonly start_ns: bigint;
  readonly end_ns: bigint;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly is_error: boolean;
  readonly resource: Readonly<Record<string, string | number>>;
}

type Check = (value: unknown, at: string) => void;

/** A message: these members, each absent or as its check asks. */
function message(members: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, at) => {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${at} is a message`);
    for (const name of required) assert.ok(Object.hasOwn(value, name), `${at}.${name} is there`);
    for (const [name, member] of Object.entries(value)) {
      assert.ok(Object.hasOwn(members, name), `${at}.${name} is a field of the message`);
      members[name]!(member, `${at}.${name}`);
    }
  };
}

function repeated(check: Check): Check {
  return (value, at) => {
    assert.ok(Array.isArray(value), `${at} is repeated`);
    value.forEach((item, index) => {
      check(item, `${at}[${index}]`);
    });
  };
}

const matching = (pattern: RegExp): Check => {
  return (value, at) => {
    assert.ok(typeof value === 'string' && pattern.test(value), `${at}: ${String(value)} is as ${pattern}`);
  };
};

const string: Check = (value, at) => {
  assert.ok(typeof value === 'string' && value.isWellFormed(), `${at} is a string of UTF-8`);
};
const uint32: Check = (value, at) => {
  assert.ok(Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32, `${at} is a uint32`);
};
const oneOf = (...numbers: readonly number[]): Check => {
  return (value, at) => {
    assert.ok(numbers.includes(value as number), `${at}: enumerations are numbers`);
  };
};
/** 64-bit integers are decimal strings in the JSON of Protobuf. */
const int64 = matching(/^(?:0|-?[1-9][0-9]{0,18})$/);
const fixed64 = matching(/^(?:0|[1-9][0-9]{0,19})$/);
const boolean: Check = (value, at) => assert.equal(typeof value, 'boolean', at);
const double: Check = (value, at) => assert.equal(typeof value, 'number', at);

const ANY_VALUES: Readonly<Record<string, Check>> = {
  stringValue: string,
  boolValue: boolean,
  intValue: int64,
  doubleValue: double,
};
/** One of its members, as in a `oneof`. */
const anyValue: Check = (value, at) => {
  message(ANY_VALUES)(value, at);
  assert.equal(Object.keys(value as object).length, 1, `${at} holds one value`);
};
const keyValue = message({ key: matching(/^[a-z][a-z0-9_.]*$/), value: anyValue }, ['key', 'value']);
const attributes = repeated(keyValue);
const traceId = matching(/^(?!0{32})[0-9a-f]{32}$/);
const spanId = matching(/^(?!0{16})[0-9a-f]{16}$/);

const span = message(
  {
    traceId,
    spanId,
    parentSpanId: spanId,
    traceState: string,
    name: matching(/./),
    kind: oneOf(0, 1, 2, 3, 4, 5),
    flags: uint32,
    startTimeUnixNano: fixed64,
    endTimeUnixNano: fixed64,
    attributes,
    droppedAttributesCount: uint32,
    status: message({ code: oneOf(0, 1, 2), message: string }),
  },
  ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano'],
);
const scopeSpans = message({ scope: message({ name: string, version: string }), spans: repeated(span) }, ['spans']);
const resourceSpans = message(
  { resource: message({ attributes }), scopeSpans: repeated(scopeSpans), schemaUrl: string },
  ['resource', 'scopeSpans'],
);
const exportTraceServiceRequest = message({ resourceSpans: repeated(resourceSpans) }, ['resourceSpans']);

interface Attributes {
  readonly attributes?: readonly { key: string; value: { stringValue?: string; intValue?: string } }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Attributes;
    readonly scopeSpans: readonly { readonly spans: readonly (Attributes & Record<string, unknown>)[] }[];
  }[];
}

const KINDS = ['', 'INTERNAL', 'SERVER', 'CLIENT'] as const;

/** Fails unless the text is an export; its spans in order. */
export function readExport(text: string): ReceivedSpan[] {
  const request: unknown = JSON.parse(text);
  exportTraceServiceRequest(request, 'request');
  return (request as Export).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((one) => readSpan(one, valuesOf(resource)))),
  );
}

function readSpan(one: Attributes & Record<string, unknown>, resource: ReceivedSpan['resource']): ReceivedSpan {
  const read = {
    traceId: String(one['traceId']),
    spanId: String(one['spanId']),
    parentSpanId: one['parentSpanId'] === undefined ? null : String(one['parentSpanId']),
    name: String(one['name']),
    kind: KINDS[Number(one['kind'])] as ReceivedSpan['kind'],
    start_ns: BigInt(String(one['startTimeUnixNano'])),
    end_ns: BigInt(String(one['endTimeUnixNano'])),
    attributes: valuesOf(one),
    is_error: (one['status'] as { code?: number } | undefined)?.code === 2,
    resource,
  };
  assert.ok(read.start_ns <= read.end_ns, `${read.name} ends after it began`);
  return read;
}

function valuesOf({ attributes: all = [] }: Attributes): Record<string, string | number> {
  const keys = all.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, `attributes are unique: ${keys.join()}`);
  return Object.fromEntries(all.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
}
