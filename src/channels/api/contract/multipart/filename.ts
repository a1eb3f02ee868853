/** Separators, also percent-encoded for a service that decodes once more. */
const SEPARATOR = /[/\\]|%(?:25)*(?:2f|5c|00)/i;
/** A second parameter to services that split at semicolons wherever they stand; on Windows a drive, or a stream. */
const DELIMITER = /;|^[A-Za-z]:|::|:\$/;
/** Marks that turn the direction of writing show another name than there is: `exe.txt` for `txt.exe`. */
const BIDIRECTIONAL = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * Whether a file name is the name of a file and nothing else: no path, no dot segment, nothing hidden. It is passed on
 * as it is or the part is refused; control characters were refused before.
 */
export function isFileName(name: string): boolean {
  if (SEPARATOR.test(name) || DELIMITER.test(name) || BIDIRECTIONAL.test(name)) return false;
  return name.trim() === name && !/^\.{1,2}$/.test(name) && name.isWellFormed();
}
