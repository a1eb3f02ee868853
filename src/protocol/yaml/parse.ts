import { type Document, isNode, type LineCounter, parseDocument, visit } from 'yaml';
import { type SyntaxProblem, syntaxProblem } from './syntax-problems.ts';

/** After a few problems the others are mostly their consequences. */
const MAX_PROBLEMS = 3;

export interface StrictYaml {
  /** Null where the text is nested beyond the stack. */
  readonly document: Document.Parsed | null;
  /** In our words, none of which quotes the text; after one of them the values are guesses. */
  readonly problems: readonly PlacedProblem[];
}

/** `offset` counts UTF-16 code units from the beginning of the text. */
export interface PlacedProblem extends SyntaxProblem {
  readonly offset: number;
}

export interface StrictYamlOptions {
  readonly lineCounter: LineCounter;
  /** Whether a key that stands twice is a problem of the syntax; false where the reader of the values finds it. */
  readonly uniqueKeys: boolean;
}

/**
 * Strict YAML 1.2 (core schema): one document, text keys, no tags, no merge keys, no directives. Aliases are left
 * to the reader of the values. Never throws for a text.
 */
export function parseStrictYaml(text: string, { lineCounter, uniqueKeys }: StrictYamlOptions): StrictYaml {
  const document = parse(text, {
    lineCounter,
    uniqueKeys,
    version: '1.2',
    schema: 'core',
    strict: true,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
    // Not 'silent': that would also let a second document pass.
    logLevel: 'error',
  });
  if (document === null) return { document, problems: [{ ...syntaxProblem('RESOURCE_EXHAUSTION'), offset: 0 }] };
  const found = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    ...syntaxProblem(code),
    offset: pos[0],
  }));
  const problems = [...directiveProblems(text, document), ...found];
  return { document, problems: (problems.length > 0 ? problems : tagProblems(document)).slice(0, MAX_PROBLEMS) };
}

function parse(text: string, options: Parameters<typeof parseDocument>[1]): Document.Parsed | null {
  try {
    return parseDocument(text, options);
  } catch (error) {
    // The parser descends recursively; a file of brackets can use up the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A directive could turn the file into YAML 1.1, where `no` is false and `1:30` is 90. */
function directiveProblems(text: string, { directives }: Document.Parsed): PlacedProblem[] {
  const directive = /^%/m.exec(text);
  const { yaml, tags } = directives ?? { yaml: {}, tags: {} };
  if (!directive || (!('explicit' in yaml && yaml.explicit) && Object.keys(tags).length <= 1)) return [];
  return [{ message: 'YAML directives are not accepted here', offset: directive.index }];
}

/** Tags of the core schema, such as `!!str`, which the parser resolves without a word. */
function tagProblems(document: Document.Parsed): PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  visit(document, (_key, node) => {
    if (!isNode(node) || !('tag' in node) || node.tag === undefined) return;
    problems.push({ ...syntaxProblem('TAG_RESOLVE_FAILED'), offset: node.range?.[0] ?? 0 });
  });
  return problems;
}
