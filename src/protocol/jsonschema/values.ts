import type { Scope } from './scope.ts';
import { isObject, type SchemaObject } from './types.ts';

/** Readers of keyword values: undefined when absent; a fault and undefined when of the wrong form. */

export function readCount(scope: Scope, keyword: string): number | undefined {
  const value = scope.schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  scope.fault('invalid', `${keyword} must be an integer of 0 or more`, keyword);
  return undefined;
}

export function readNumber(scope: Scope, keyword: string): number | bigint | undefined {
  const value = scope.schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value;
  scope.fault('invalid', `${keyword} must be a number`, keyword);
  return undefined;
}

export function readBoolean(scope: Scope, keyword: string): boolean | undefined {
  const value = scope.schema[keyword];
  if (value === undefined || typeof value === 'boolean') return value;
  scope.fault('invalid', `${keyword} must be true or false`, keyword);
  return undefined;
}

export function readString(scope: Scope, keyword: string): string | undefined {
  const value = scope.schema[keyword];
  if (value === undefined || typeof value === 'string') return value;
  scope.fault('invalid', `${keyword} must be a string`, keyword);
  return undefined;
}

export function readObject(scope: Scope, keyword: string): SchemaObject | undefined {
  const value = scope.schema[keyword];
  if (value === undefined || isObject(value)) return value;
  scope.fault('invalid', `${keyword} must be an object`, keyword);
  return undefined;
}

/** A list of at least one schema. */
export function readSchemas(scope: Scope, keyword: string): readonly unknown[] | undefined {
  const value = scope.schema[keyword];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0) return value;
  scope.fault('invalid', `${keyword} must be a list of at least one schema`, keyword);
  return undefined;
}

/** A list of different strings; also used for lists below a keyword. */
export function readNames(scope: Scope, value: unknown, ...path: (string | number)[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names: unknown[] = Array.isArray(value) ? value : [undefined];
  if (names.every((name): name is string => typeof name === 'string') && new Set(names).size === names.length) {
    return names;
  }
  scope.fault('invalid', `${path[0]} must be a list of different strings`, ...path);
  return undefined;
}
