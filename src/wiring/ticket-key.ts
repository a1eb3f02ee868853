const TICKET_KEY_BYTES = 48;

/** A new key for the session tickets of a listener. */
export function ticketKey(randomFill: (buffer: Buffer) => void): Buffer {
  const key = Buffer.alloc(TICKET_KEY_BYTES);
  randomFill(key);
  return key;
}
