import { pointerToken } from '../json/pointer.ts';
import { Compiled } from './compiled.ts';
import { isHarmlessBesideRef, isKnownKeyword, SCHEMA_URIS } from './dialect.ts';
import { SchemaError, type SchemaFault } from './error.ts';
import { compileAccess, compileBinding, compileFills, compileViews } from './keywords/access.ts';
import { compileContains, compileItemCount, compileItems, compileUniqueItems } from './keywords/array.ts';
import { compileAllOf, compileAlternatives, compileIf, compileNot } from './keywords/branches.ts';
import { compileConst, compileEnum } from './keywords/enumeration.ts';
import { compileDependentRequired, compileDependentSchemas, compilePropertyNames } from './keywords/names.ts';
import { compileBounds, compileMultipleOf, compileNumberFormat } from './keywords/number.ts';
import { compileMembers, compilePropertyCount } from './keywords/object.ts';
import { compileLength, compilePatternKeyword, compileStringFormat } from './keywords/string.ts';
import { compileType } from './keywords/type.ts';
import { compileUnevaluated } from './keywords/unevaluated.ts';
import { Reach } from './reach.ts';
import { dereference, referenceTokens, resolveTokens } from './reference.ts';
import type { Check } from './run.ts';
import { ACCEPT, allOf, type KeywordCompiler, REJECT, type Scope, type Slot } from './scope.ts';
import { type CompiledSchema, type CompilerOptions, isObject, type SchemaObject, type SchemaOptions } from './types.ts';

/** In the order in which violations are reported: cheap and telling first. */
const KEYWORD_COMPILERS: readonly KeywordCompiler[] = [
  compileType,
  compileAccess,
  compileViews,
  compileConst,
  compileEnum,
  compileLength,
  compilePatternKeyword,
  compileStringFormat,
  compileBounds,
  compileMultipleOf,
  compileNumberFormat,
  compileBinding,
  compilePropertyCount,
  compilePropertyNames,
  compileMembers,
  compileDependentRequired,
  compileDependentSchemas,
  compileItemCount,
  compileItems,
  compileContains,
  compileUniqueItems,
  compileAllOf,
  (scope) => compileAlternatives(scope, 'anyOf'),
  (scope) => compileAlternatives(scope, 'oneOf'),
  compileNot,
  compileIf,
  compileFills,
];

/** Deepest nesting of schemas inside one another without a reference. */
const MAX_NESTING = 64;
const MAX_FAULTS = 100;

/**
 * Compiles the schemas of one document for one direction and one set of views. What a reference leads to
 * is compiled once for all schemas of the compiler.
 */
export class SchemaCompiler {
  private readonly options: CompilerOptions;
  private readonly slots = new Map<string, Slot>();
  private reach = new Reach();
  private faults: SchemaFault[] = [];

  constructor(options: CompilerOptions) {
    this.options = options;
  }

  /**
   * @param schema a schema object of the document, or a boolean in 2020-12
   * @param pointer where it stands, for faults
   * @throws SchemaError with every fault found in it and in what it refers to
   */
  compile(schema: unknown, pointer: string): CompiledSchema {
    this.faults = [];
    const root = newSlot();
    root.check = this.schemaCheck(schema, pointer, root, 0);
    const reached = this.faults.length === 0 ? this.reach.follow(root) : null;
    if (reached?.circle) {
      this.fault('ref', pointer, 'a reference leads back to itself without a property or item');
    }
    const [first, ...others] = this.faults;
    if (first === undefined) return new Compiled(root.check, this.options.direction, reached?.fragile ?? true);
    // Half-compiled targets must not be taken for good ones by the next call.
    this.slots.clear();
    this.reach = new Reach();
    throw new SchemaError([first, ...others]);
  }

  private schemaCheck(schema: unknown, pointer: string, slot: Slot, nesting: number): Check {
    if (typeof schema === 'boolean' && this.options.dialect !== '3.0') return schema ? ACCEPT : REJECT;
    if (!isObject(schema)) return this.fault('invalid', pointer, 'a schema must be an object');
    if (nesting > MAX_NESTING) return this.fault('invalid', pointer, `schemas are nested deeper than ${MAX_NESTING}`);
    const scope = this.scope(schema, pointer, slot, nesting);
    refuseUnknown(scope);
    if ('$ref' in schema && this.options.dialect === '3.0') return this.bareReference(scope, slot);
    const checks = KEYWORD_COMPILERS.map((compile) => compile(scope)).filter((check) => check !== null);
    if ('$ref' in schema) checks.unshift(this.reference(scope, slot));
    return compileUnevaluated(scope, allOf(checks));
  }

  /** OpenAPI 3.0.3 section 4.7.23: whatever stands beside `$ref` is ignored; what matters may not stand there. */
  private bareReference(scope: Scope, slot: Slot): Check {
    for (const keyword of Object.keys(scope.schema)) {
      if (isHarmlessBesideRef(keyword)) continue;
      scope.fault('unsupported', `${keyword} beside $ref is ignored in OpenAPI 3.0; use allOf`, keyword);
    }
    const own = [compileViews(scope), compileBinding(scope)].filter((check) => check !== null);
    return allOf([this.reference(scope, slot), ...own]);
  }

  /** `$ref` (2020-12 core 8.2.3.1), within the document. */
  private reference(scope: Scope, slot: Slot): Check {
    const value = scope.schema['$ref'];
    const tokens = typeof value === 'string' ? referenceTokens(value) : undefined;
    const pointer = `${scope.pointer}/$ref`;
    if (tokens === undefined)
      return this.fault('ref', pointer, '$ref must be "#" or start with "#/": remote references are not followed');
    const schema = resolveTokens(this.options.document, tokens);
    if (schema === undefined)
      return this.fault('ref', pointer, `$ref '${String(value).slice(0, 64)}' points at nothing`);
    const target = this.targetSlot(tokens.map(pointerToken).join(''), schema);
    slot.edges.push({ slot: target, inPlace: true });
    return target.check ?? ((run, node) => (target.check as Check)(run, node));
  }

  private targetSlot(pointer: string, schema: unknown): Slot {
    const known = this.slots.get(pointer);
    if (known !== undefined) return known;
    const slot = newSlot();
    this.slots.set(pointer, slot);
    slot.check = this.schemaCheck(schema, pointer, slot, 0);
    return slot;
  }

  private scope(schema: SchemaObject, pointer: string, slot: Slot, nesting: number): Scope {
    const inner = (path: (string | number)[]) => pointer + path.map((token) => pointerToken(String(token))).join('');
    return {
      options: this.options,
      schema,
      pointer,
      inPlace: (subschema, ...path) => this.schemaCheck(subschema, inner(path), slot, nesting + 1),
      child: (subschema, ...path) => {
        const own = newSlot();
        slot.edges.push({ slot: own, inPlace: false });
        own.check = this.schemaCheck(subschema, inner(path), own, nesting + 1);
        return own.check;
      },
      dereference: (target) => dereference(this.options.document, target),
      fragile: () => {
        slot.fragile = true;
      },
      fault: (reason, message, ...path) => {
        this.fault(reason, inner(path), message);
      },
    };
  }

  private fault(reason: SchemaFault['reason'], pointer: string, message: string): Check {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ reason, pointer, message });
    return REJECT;
  }
}

/**
 * Compiles one schema. Several schemas of one document are better compiled by one {@link SchemaCompiler}.
 *
 * @throws SchemaError
 */
export function compileSchema(schema: unknown, options: SchemaOptions): CompiledSchema {
  return new SchemaCompiler(options).compile(schema, options.pointer);
}

function refuseUnknown(scope: Scope): void {
  const { schema, options } = scope;
  for (const keyword of Object.keys(schema)) {
    if (isKnownKeyword(options.dialect, keyword)) continue;
    scope.fault('unsupported', `${keyword} is not a keyword the gate enforces in this dialect`, keyword);
  }
  if ('$schema' in schema && !SCHEMA_URIS.has(schema['$schema'])) {
    scope.fault('unsupported', '$schema names another dialect', '$schema');
  }
}

function newSlot(): Slot {
  return { check: null, fragile: false, edges: [] };
}
