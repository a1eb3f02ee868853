/**
 * Faults stop a load: configuration, keys, contracts and policies that are not right. They are collected,
 * so that one run shows all of them, and each says where, what and how to mend it.
 */

/** The closed union of fault codes, each with its meaning for docs/errors.md. */
export const FAULTS = {
  CONFIG_SYNTAX: 'The file is not valid YAML or JSON.',
  CONFIG_UNKNOWN_KEY: 'A key is not known here.',
  CONFIG_TYPE: 'A value has the wrong type.',
  CONFIG_VALUE: 'A value has the right type but is not allowed.',
  CONFIG_MISSING: 'A required key is missing.',
  CONFIG_REFERENCE: 'A name refers to something that does not exist.',
  CONFIG_DUPLICATE: 'A name that must be unique stands twice.',
  CONFIG_FILE: 'A named file or folder does not exist or cannot be read.',
  CONFIG_FILE_MODE: 'A secret file can be used by others than its owner, or everybody may write what the gate obeys.',
  KEY_UNREADABLE: 'A private key cannot be read (format or encryption).',
  KEY_WEAK: 'A key is too weak or of an unaccepted type.',
  KEY_MISMATCH: 'The private key does not belong to the certificate.',
  CERT_UNREADABLE: 'A certificate cannot be read.',
  CERT_CHAIN: 'The certificate chain is incomplete, out of order or does not verify.',
  CERT_EXPIRED: 'A certificate is expired or not yet valid.',
  CERT_NAME: 'The certificate does not cover a name it is to serve.',
  CONTRACT_SYNTAX: 'The document is not an OpenAPI 3.0 or 3.1 description.',
  CONTRACT_REF: 'A $ref cannot be followed (remote, missing or circular).',
  CONTRACT_UNSUPPORTED: 'The contract uses something the gate does not enforce; what is not enforced is not accepted.',
  CONTRACT_SCHEMA: 'A schema in the contract is not valid.',
  CONTRACT_PATTERN: 'A pattern cannot run in linear time.',
  CONTRACT_AMBIGUOUS:
    'Two operations match the same request and neither is more specific, or two values take the same name.',
  CONTRACT_RESPONSE_SCHEMA: 'A response has no schema.',
  CONTRACT_LIMITS: 'An x-limits annotation is not valid, or asks for more than the configuration allows the api.',
  CONTRACT_OVERLAY: 'An overlay is not an OpenAPI Overlay 1.0 document, or one of its actions has nothing to act on.',
  CONTRACT_BINDING: 'An x-bind or x-views annotation is not valid.',
  CONTRACT_REVIEW: 'A review file is not valid.',
  CONTRACT_UNREVIEWED:
    'An operation, or a schema it uses, is other than it was reviewed, or nobody has reviewed it, and the configuration asks for a review.',
  POLICY_SYNTAX: 'A policy does not parse.',
  POLICY_INVALID: 'A policy does not fit the schema generated from registry and contracts.',
  DATA_FOLDER: 'The data folder is damaged, foreign or in use by another gate.',
  CHECK_TARGET: 'What a check is pointed at, on the command line or in a list, is no target.',
  LISTEN: 'A listener could not be opened.',
} as const satisfies Record<string, string>;

export type FaultCode = keyof typeof FAULTS;

export interface Fault {
  readonly code: FaultCode;
  /** What is wrong, one sentence without a final stop. Shows the value found, never a secret. */
  readonly message: string;
  /** Path of the file as the user named it. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** Key path such as `zones.partner.listen[0].port`, or a JSON Pointer inside a contract. */
  readonly key?: string;
  /** What to do, one sentence. */
  readonly suggestion?: string;
}

/** Thrown by every loader; holds at least one fault. */
export class LoadError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(formatFault).join('\n'));
    this.name = 'LoadError';
    this.faults = faults;
  }
}

/** `file:line:column: CODE key: message` and, on its own line, the suggestion. */
export function formatFault(fault: Fault): string {
  const place = [fault.file, fault.line, fault.line === undefined ? undefined : fault.column]
    .filter((part) => part !== undefined)
    .join(':');
  const key = fault.key ? ` ${fault.key}:` : '';
  const head = `${place ? `${place}: ` : ''}${fault.code}${key} ${fault.message}`;
  return fault.suggestion ? `${head}\n  → ${fault.suggestion}` : head;
}
