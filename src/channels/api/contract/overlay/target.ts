import { FunctionExpressionType, JSONPathEnvironment, type JSONPathQuery } from 'json-p3';
import { compilePattern, type Pattern } from '../../../../protocol/jsonschema/pattern.ts';

/** Where a selected value stands: names of members and indices of items, from the root down. */
export type Location = readonly (string | number)[];

/** A target of an action: a JSONPath query (RFC 9535). */
export interface Target {
  /**
   * The places it selects, each once, in the order of the query.
   *
   * @throws TargetError where the query would take too much work
   */
  select(document: unknown): Location[];
}

/** One sentence that says what is wrong with a query; never quotes the document. */
export class TargetError extends Error {}

const MAX_TARGET_LENGTH = 4096;
/** Contracts nest less; the library recurses once a level. */
const MAX_DEPTH = 300;
/** Members that one query may look at: several times those of the largest contract that is read. */
const MAX_VISITS = 5_000_000;

/** @throws TargetError where it is no JSONPath query */
export function compileTarget(text: string): Target {
  if (text.length > MAX_TARGET_LENGTH) throw new TargetError(`a target has at most ${MAX_TARGET_LENGTH} characters`);
  const environment = new BoundedEnvironment({ maxRecursionDepth: MAX_DEPTH });
  const query = guarded(() => environment.compile(text), 'the target is not a JSONPath query (RFC 9535)');
  return { select: (document) => select(environment, query, document) };
}

function select(environment: BoundedEnvironment, query: JSONPathQuery, document: unknown): Location[] {
  environment.visits = 0;
  const nodes = guarded(() => query.query(document as never), 'the target nests too deeply or selects too much');
  // A query may select one place by several ways (RFC 9535 section 2.1.2); to change it twice is never meant.
  const places = new Map(nodes.nodes.map(({ location }) => [JSON.stringify(location), location]));
  return [...places.values()];
}

function guarded<Result>(work: () => Result, problem: string): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof TargetError ? error : new TargetError(problem);
  }
}

/** The library's evaluator, which asks here for the members of every object it visits, and for patterns. */
class BoundedEnvironment extends JSONPathEnvironment {
  visits = 0;

  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions();
    // The library's own run patterns on an engine that some of them stop for hours.
    this.functionRegister.set(
      'match',
      patternFunction((pattern) => `^(?:${pattern})$`),
    );
    this.functionRegister.set(
      'search',
      patternFunction((pattern) => pattern),
    );
  }

  override entries(object: Parameters<JSONPathEnvironment['entries']>[0]): ReturnType<JSONPathEnvironment['entries']> {
    const entries = Object.entries(object);
    this.visits += entries.length;
    if (this.visits > MAX_VISITS) throw new TargetError('the target takes too much work; make it more direct');
    return entries;
  }
}

const UNPAID = { spend: () => undefined };

/** `match` and `search` (RFC 9535 sections 2.4.6, 2.4.7). A pattern that is none is a fault, not an empty result. */
function patternFunction(whole: (pattern: string) => string) {
  const compiled = new Map<string, Pattern>();
  const patternOf = (source: string): Pattern => {
    const known = compiled.get(source);
    if (known) return known;
    const pattern = compilePattern(whole(source));
    if (typeof pattern === 'string') throw new TargetError(`in the target, ${pattern}`);
    compiled.set(source, pattern);
    return pattern;
  };
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call: (text: unknown, pattern: unknown) =>
      typeof text === 'string' && typeof pattern === 'string' && patternOf(pattern).test(UNPAID, text),
  };
}
