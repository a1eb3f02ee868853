import { pointerToken } from '../json/pointer.ts';
import { Compiled } from './compiled.ts';
import { isHarmlessBesideRef } from './dialect.ts';
import { within } from './dynamic.ts';
import { SchemaError, type SchemaFault } from './error.ts';
import { judgeKeywords } from './judge-keywords.ts';
import { compileAccess, compileBinding, compileFills, compileViews } from './keywords/access.ts';
import { compileContains, compileItemCount, compileItems, compileUniqueItems } from './keywords/array.ts';
import { compileAllOf, compileAlternatives, compileIf, compileNot } from './keywords/branches.ts';
import { compileConst, compileEnum } from './keywords/enumeration.ts';
import {
  compileDependencies,
  compileDependentRequired,
  compileDependentSchemas,
  compilePropertyNames,
} from './keywords/names.ts';
import { compileBounds, compileMultipleOf, compileNumberFormat } from './keywords/number.ts';
import { compileMembers, compilePropertyCount } from './keywords/object.ts';
import { compileLength, compilePatternKeyword, compileStringFormat } from './keywords/string.ts';
import { compileType } from './keywords/type.ts';
import { compileUnevaluated } from './keywords/unevaluated.ts';
import { plainKey } from './plain.ts';
import { Reach } from './reach.ts';
import { compileDynamicReference, compileReference } from './references.ts';
import { type Place, type Resource, Resources } from './resources.ts';
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
  compileDependencies,
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
/**
 * Schemas that are under compilation inside one another, references followed. What is referred to beyond that waits its
 * turn: in a large description one reference leads to the next for many hundreds.
 */
const MAX_OPEN = 100;
const MAX_FAULTS = 100;

/**
 * Compiles the schemas of one document for one direction and one set of views. What a reference leads to
 * is compiled once for all schemas of the compiler.
 */
export class SchemaCompiler {
  private readonly options: CompilerOptions;
  private readonly resources: Resources;
  private readonly slots = new Map<string, Slot>();
  private readonly plain = new Map<string, Check>();
  /** Targets of references that are still to be compiled. */
  private readonly waiting: { readonly slot: Slot; readonly place: Place }[] = [];
  private open = 0;
  private reach = new Reach();
  private faults: SchemaFault[] = [];

  constructor(options: CompilerOptions) {
    this.options = options;
    this.resources = Resources.of(options.document, options.dialect);
  }

  /**
   * @param schema a schema object of the document, or a boolean in 2020-12
   * @param pointer where it stands, for faults
   * @throws SchemaError with every fault found in it and in what it refers to
   */
  compile(schema: unknown, pointer: string): CompiledSchema {
    this.faults = [];
    const root = newSlot();
    const home = this.resources.homeOf(schema);
    const check = this.schemaCheck(schema, pointer, root, home);
    root.check = this.resources.dynamic ? within(home, check) : check;
    for (let next = this.waiting.pop(); next; next = this.waiting.pop()) this.compileTarget(next.slot, next.place);
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

  /** @param around the resource of the schema that this one stands in */
  private schemaCheck(schema: unknown, pointer: string, slot: Slot, around: Resource, nesting = 0): Check {
    if (typeof schema === 'boolean' && this.options.dialect !== '3.0') return schema ? ACCEPT : REJECT;
    if (!isObject(schema)) return this.fault('invalid', pointer, 'a schema must be an object');
    if (nesting > MAX_NESTING) return this.fault('invalid', pointer, `schemas are nested deeper than ${MAX_NESTING}`);
    const key = plainKey(schema, this.options.dialect);
    if (key !== null) return this.plainCheck(key, schema, pointer, slot, around);
    const home = this.resources.homeOf(schema, around);
    this.open++;
    const check = this.objectCheck(this.scope(schema, pointer, slot, home, nesting), slot, home);
    this.open--;
    return this.resources.dynamic && home !== around ? within(home, check) : check;
  }

  /** It leads nowhere and has no fault, so that a slot and a resource around it mean nothing. */
  private plainCheck(key: string, schema: SchemaObject, pointer: string, slot: Slot, around: Resource): Check {
    const known = this.plain.get(key);
    if (known !== undefined) return known;
    const check = this.objectCheck(this.scope(schema, pointer, slot, around, 0), slot, around);
    this.plain.set(key, check);
    return check;
  }

  private objectCheck(scope: Scope, slot: Slot, home: Resource): Check {
    judgeKeywords(scope);
    const context = { resources: this.resources, home, slot, target: (place: Place) => this.targetSlot(place) };
    const references: Check[] = [];
    if ('$ref' in scope.schema) references.push(compileReference(scope, context));
    const old = this.options.dialect === '3.0';
    if (old && references.length > 0) return besideReference(scope, references);
    if (!old && '$dynamicRef' in scope.schema) references.push(compileDynamicReference(scope, context));
    const checks = KEYWORD_COMPILERS.map((compile) => compile(scope)).filter((check) => check !== null);
    return compileUnevaluated(scope, allOf([...references, ...checks]));
  }

  private targetSlot(place: Place): Slot {
    const known = this.slots.get(place.pointer);
    if (known !== undefined) return known;
    const slot = newSlot();
    this.slots.set(place.pointer, slot);
    if (this.open < MAX_OPEN) this.compileTarget(slot, place);
    else this.waiting.push({ slot, place });
    return slot;
  }

  private compileTarget(slot: Slot, { schema, pointer, resource }: Place): void {
    slot.check = this.schemaCheck(schema, pointer, slot, resource);
  }

  private scope(schema: SchemaObject, pointer: string, slot: Slot, home: Resource, nesting: number): Scope {
    const inner = (path: (string | number)[]) => pointer + path.map((token) => pointerToken(String(token))).join('');
    return {
      options: this.options,
      schema,
      pointer,
      inPlace: (subschema, ...path) => this.schemaCheck(subschema, inner(path), slot, home, nesting + 1),
      child: (subschema, ...path) => {
        const own = newSlot();
        slot.edges.push({ slot: own, inPlace: false });
        own.check = this.schemaCheck(subschema, inner(path), own, home, nesting + 1);
        return own.check;
      },
      dereference: (target) => this.referred(target)?.schema,
      resolve: (reference) => this.resources.resolve(reference, home),
      component: (name) => this.resources.resolve(`#/components/schemas/${name}`, this.resources.document),
      fragile: () => {
        slot.fragile = true;
      },
      fault: (reason, message, ...path) => {
        this.fault(reason, inner(path), message);
      },
      note: (message, keyword) => this.options.note?.(keyword, inner([keyword]), message),
    };
  }

  private referred(schema: SchemaObject): Place | undefined {
    const reference = schema['$ref'];
    return typeof reference === 'string' ? this.resources.resolve(reference, this.resources.homeOf(schema)) : undefined;
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

/** OpenAPI 3.0.3 section 4.7.23: whatever stands beside `$ref` is ignored; what matters may not stand there. */
function besideReference(scope: Scope, references: readonly Check[]): Check {
  for (const keyword of Object.keys(scope.schema)) {
    if (isHarmlessBesideRef(keyword)) continue;
    scope.fault('unsupported', `${keyword} beside $ref is ignored in OpenAPI 3.0; use allOf`, keyword);
  }
  const own = [compileViews(scope), compileBinding(scope)].filter((check) => check !== null);
  return allOf([...references, ...own]);
}

function newSlot(): Slot {
  return { check: null, fragile: false, edges: [] };
}
