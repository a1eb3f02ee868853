/** One part of a body, as read or to be written. */
export interface Part {
  /** The form field (RFC 7578 section 4.2). */
  readonly name: string;
  /** As sent, percent-escapes undone; null where the part names no file. */
  readonly filename: string | null;
  /** The Content-Type field as sent, without blanks around it; null where there is none. */
  readonly content_type: string | null;
  readonly body: Buffer;
}
