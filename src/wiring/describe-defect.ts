/** A line of a stack trace that names a place in a file. */
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;

/** Name and place of a defect, without its message: a message may hold payload, over several lines. */
export function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return `${name} ${frames.find((line) => FRAME.test(line))?.trim() ?? ''}`;
}
