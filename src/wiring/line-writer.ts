/**
 * Writes once for all the lines of a turn of the event loop: on a pipe or a file every write is a system call that
 * the whole gate waits for, and the outcomes of one durable write come in the same turn.
 */
export function lineWriter(write: (text: string) => void): (line: string) => void {
  let gathered = '';
  const flush = (): void => {
    const text = gathered;
    gathered = '';
    write(text);
  };
  return (line) => {
    if (gathered === '') setImmediate(flush);
    gathered += `${line}\n`;
  };
}
