import type { z } from 'zod';
import type { Fault, FaultCode } from '../core/errors/faults.ts';
import { nearest } from '../protocol/text/edit-distance.ts';
import { displayPath, displayValue, quote } from './display.ts';
import { type JsonSchema, schemaAt } from './json-schema.ts';
import type { KeyPath, Positions, SourcePosition } from './positions.ts';
import { valueAt } from './written.ts';

type Issue = z.core.$ZodIssue;

/** What an issue is judged against. */
interface Context {
  /** The plain values of the file. */
  readonly value: unknown;
  readonly schema: JsonSchema;
  readonly positions: Positions;
}

/** Turns what the schema found into faults with position, key path, value found and suggestion. */
export function faultsOfIssues(issues: readonly Issue[], context: Context): Fault[] {
  return issues.flatMap((issue) => faultsOf(issue, context));
}

function faultsOf(issue: Issue, context: Context): Fault[] {
  const { positions } = context;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...issue.path, key], context));
    case 'invalid_key': {
      const problem = issue.issues[0]?.message ?? 'is not an allowed key';
      return [fault('CONFIG_VALUE', problem, issue.path, positions.key(issue.path))];
    }
    case 'invalid_type':
      return [wrongType(issue.expected, issue.path, context)];
    case 'invalid_value':
      return [wrongChoice(issue.values, issue.path, context)];
    case 'too_small':
    case 'too_big':
      return [outOfBounds(issue.path, context)];
    case 'custom':
      return [custom(issue, context)];
    default:
      return [wrongValue('is not allowed', issue.path, context)];
  }
}

function unknownKey(path: KeyPath, { schema, positions }: Context): Fault {
  const known = Object.keys(schemaAt(schema, path.slice(0, -1))?.properties ?? {});
  const meant = nearest(String(path.at(-1)), known);
  const suggestion = meant ? `did you mean ${quote(meant)}?` : `known here: ${known.join(', ')}`;
  return fault('CONFIG_UNKNOWN_KEY', 'is not a known key here', path, positions.key(path), suggestion);
}

const TYPE_NAMES: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function wrongType(expected: string, path: KeyPath, context: Context): Fault {
  const found = valueAt(context.value, path);
  if (found === undefined) return missing(path, context);
  const wanted = (expected === 'string' && withUnit(path, context)) || (TYPE_NAMES[expected] ?? expected);
  const message = `must be ${wanted}${foundPhrase(found, path, context)}`;
  const suggestion = isSecret(path, context) ? undefined : quoting(expected, found, path, context);
  return fault('CONFIG_TYPE', message, path, context.positions.value(path), suggestion);
}

const UNITS: Record<string, string> = {
  duration: 'a duration with its unit, such as 10s or 5m',
  size: 'a size with its unit, such as 64KiB or 2MiB',
  rate: 'a rate with its window, such as 100/1m',
  'byte rate': 'a byte rate with its window, such as 64MiB/s',
};

/** A bare number where a unit is due is the commonest slip. */
function withUnit(path: KeyPath, { schema }: Context): string | undefined {
  return UNITS[schemaAt(schema, path)?.['x-kind']?.replace(/,.*/, '') ?? ''];
}

/** Whether quotes are what is wrong. */
function quoting(expected: string, found: unknown, path: KeyPath, context: Context): string | undefined {
  if (expected === 'string' && typeof found === 'number' && !withUnit(path, context)) return 'put it in quotes';
  const number_in_quotes = typeof found === 'string' && /^[0-9]+$/.test(found);
  return number_in_quotes && (expected === 'number' || expected === 'int') ? 'remove the quotes' : undefined;
}

function missing(path: KeyPath, { schema, positions }: Context): Fault {
  const description = schemaAt(schema, path)?.description;
  return fault('CONFIG_MISSING', 'is missing', path, positions.key(path.slice(0, -1)), description);
}

function wrongChoice(values: readonly unknown[], path: KeyPath, context: Context): Fault {
  const found = valueAt(context.value, path);
  if (found === undefined) return missing(path, context);
  const choices = values.map(String);
  const words = values.filter((value) => typeof value === 'string');
  const meant = typeof found === 'string' && !isSecret(path, context) ? nearest(found, words) : null;
  const message = `must be ${choices.join(' or ')}${foundPhrase(found, path, context)}`;
  const suggestion = meant ? `did you mean ${quote(meant)}?` : undefined;
  return fault('CONFIG_VALUE', message, path, context.positions.value(path), suggestion);
}

function outOfBounds(path: KeyPath, context: Context): Fault {
  const schema = schemaAt(context.schema, path);
  if (schema?.type === 'array') {
    return fault('CONFIG_VALUE', 'must hold at least one item', path, context.positions.value(path));
  }
  return wrongValue(`must be between ${schema?.minimum} and ${schema?.maximum}`, path, context);
}

function custom(issue: z.core.$ZodIssueCustom, context: Context): Fault {
  const { suggestion, hidden } = issue.params ?? {};
  const value = valueAt(context.value, issue.path);
  const phrase = hidden === true ? HIDDEN : foundPhrase(value, issue.path, context);
  const position = context.positions.value(issue.path);
  const message = `${issue.message}${phrase}`;
  return fault('CONFIG_VALUE', message, issue.path, position, typeof suggestion === 'string' ? suggestion : undefined);
}

function wrongValue(problem: string, path: KeyPath, context: Context): Fault {
  const message = `${problem}${foundPhrase(valueAt(context.value, path), path, context)}`;
  return fault('CONFIG_VALUE', message, path, context.positions.value(path));
}

const HIDDEN = ' (what stands there is not shown)';

function foundPhrase(value: unknown, path: KeyPath, context: Context): string {
  if (isSecret(path, context)) return HIDDEN;
  // A mapping that broke a rule about its keys is not shown: the rule says enough.
  return typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    schemaAt(context.schema, path)?.type === 'object'
    ? ''
    : `, found ${displayValue(value)}`;
}

function isSecret(path: KeyPath, { schema }: Context): boolean {
  return path.some((_, index) => schemaAt(schema, path.slice(0, index + 1))?.writeOnly === true);
}

/** A fault at a key path. */
export function fault(
  code: FaultCode,
  message: string,
  path: KeyPath,
  position: SourcePosition,
  suggestion?: string,
): Fault {
  const key = displayPath(path);
  return { code, message, ...position, ...(key && { key }), ...(suggestion !== undefined && { suggestion }) };
}
