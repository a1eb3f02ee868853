import type { ErrorCode } from 'yaml';

/** What is wrong with the syntax of a YAML file, and what to do about it. */
export interface SyntaxProblem {
  readonly message: string;
  readonly suggestion?: string;
}

/**
 * Our words for what the YAML parser finds. The parser's own messages quote the text of the file, which may be
 * a secret that was pasted in the wrong place; these never do.
 */
const PROBLEMS: Partial<Record<ErrorCode, SyntaxProblem>> = {
  ALIAS_PROPS: { message: 'an alias carries an anchor or a tag' },
  BAD_ALIAS: { message: 'an alias refers to no anchor before it' },
  BAD_COLLECTION_TYPE: { message: 'a tag does not fit the collection it stands before' },
  BAD_DIRECTIVE: { message: 'a YAML directive is not understood' },
  BAD_DQ_ESCAPE: {
    message: 'a text in double quotes holds an unknown escape',
    suggestion: 'write \\\\ for a backslash, or use single quotes',
  },
  BAD_INDENT: { message: 'the indentation does not fit the lines above' },
  BAD_PROP_ORDER: { message: 'an anchor or tag stands in the wrong place' },
  BAD_SCALAR_START: {
    message: 'a text without quotes begins with a reserved character',
    suggestion: 'put the text in quotes',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a mapping begins on the line of another key',
    suggestion: 'begin it on its own line',
  },
  BLOCK_IN_FLOW: { message: 'an indented block stands inside brackets' },
  DUPLICATE_KEY: { message: 'a key stands twice in its mapping' },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters' },
  MISSING_CHAR: { message: 'a closing quote, bracket, comma, colon or space is missing' },
  MULTILINE_IMPLICIT_KEY: { message: 'a key spans several lines', suggestion: 'check for a missing colon or quote' },
  MULTIPLE_ANCHORS: { message: 'a value has more than one anchor' },
  MULTIPLE_DOCS: { message: 'the file holds more than one YAML document', suggestion: 'remove the line ---' },
  MULTIPLE_TAGS: { message: 'a value has more than one tag' },
  NON_STRING_KEY: { message: 'a key is not a text' },
  RESOURCE_EXHAUSTION: { message: 'the file is nested too deeply' },
  TAB_AS_INDENT: { message: 'a tab is used for indentation', suggestion: 'use spaces' },
  TAG_RESOLVE_FAILED: { message: 'a tag is used; tags are not accepted here', suggestion: 'remove the tag' },
};

export function syntaxProblem(code: ErrorCode): SyntaxProblem {
  return PROBLEMS[code] ?? { message: 'something here does not fit the YAML around it' };
}
