import { MultipartError } from './error.ts';
import { readParameters } from './parameters.ts';
import type { Part } from './part.ts';

const FORM_DATA = /^form-data(?=[ \t]*;)/i;
const ALLOWED: ReadonlySet<string> = new Set(['name', 'filename']);
/** C0, DEL and C1, and the line separators that some writers of headers honour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** HTML 4.10.21.8: what a form field's name cannot hold as it is. */
const ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };
/** RFC 7578 section 4.6: would change the charset of all other parts. */
const CHARSET_FIELD = '_charset_';

/**
 * A Content-Disposition of a form (RFC 7578 section 4.2). `filename*` is refused, as that section says; so is any
 * other parameter, and a name of which the percent-escapes hide a line break.
 *
 * @throws MultipartError disposition, name
 */
export function readDisposition(value: string, max_name_bytes: number): Pick<Part, 'name' | 'filename'> {
  const type = FORM_DATA.exec(value);
  const parameters = type && readParameters(value.slice(type[0].length));
  if (!parameters || [...parameters.keys()].some((key) => !ALLOWED.has(key))) throw new MultipartError('disposition');
  const name = parameters.get('name');
  const filename = parameters.get('filename');
  if (name === undefined || name === CHARSET_FIELD) throw new MultipartError('disposition');
  return {
    name: readName(name, max_name_bytes),
    filename: filename === undefined ? null : readName(filename, max_name_bytes),
  };
}

function readName(raw: string, max_bytes: number): string {
  const name = raw.replace(/%(?:22|0D|0A)/gi, (triplet) => ESCAPES[triplet.toUpperCase()] as string);
  if (name === '' || Buffer.byteLength(name) > max_bytes || CONTROL.test(name)) throw new MultipartError('name');
  return name;
}
