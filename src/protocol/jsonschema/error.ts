/**
 * Why a schema is not accepted: `unsupported` keyword (what is not enforced is not accepted), `invalid`
 * keyword value, `pattern` that cannot run in linear time, `ref` that cannot be followed, `binding` that
 * makes no sense where it stands.
 */
export type SchemaErrorReason = 'unsupported' | 'invalid' | 'pattern' | 'ref' | 'binding';

export interface SchemaFault {
  readonly reason: SchemaErrorReason;
  /** JSON Pointer in the document. */
  readonly pointer: string;
  /** One sentence without a final stop. */
  readonly message: string;
}

/** Thrown by the compiler: the first fault, and all that were found in `faults`. */
export class SchemaError extends Error implements SchemaFault {
  readonly reason: SchemaErrorReason;
  readonly pointer: string;
  readonly faults: readonly SchemaFault[];

  constructor(faults: readonly [SchemaFault, ...SchemaFault[]]) {
    super(faults[0].message);
    this.name = 'SchemaError';
    this.reason = faults[0].reason;
    this.pointer = faults[0].pointer;
    this.faults = faults;
  }
}
