/** AlertDescription by IANA's registry: what servers answer a hello with. */
const ALERT_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [40, 'handshake_failure'],
  [47, 'illegal_parameter'],
  [50, 'decode_error'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [112, 'unrecognized_name'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
]);

/** Such as `protocol_version`; `alert 42` for one without a name here. */
export function alertName(description: number): string {
  return ALERT_NAMES.get(description) ?? `alert ${description}`;
}
