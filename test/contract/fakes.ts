import { parseTemplate } from '../../src/channels/api/contract/template.ts';
import type { Contract, Method, Operation } from '../../src/channels/api/contract/types.ts';
import { NO_PLACES } from '../../src/channels/api/guards/operation-places.ts';

/**
 * A contract of `METHOD /path` routes without schemas, bodies or responses; route n stands on line n + 1. A parameter
 * `{name+}` takes several segments, `{name%}` may hold encoded slashes.
 */
export function contractOf(routes: readonly string[]): Contract {
  return {
    api: 'test',
    path: 'test.yaml',
    title: 'Test',
    operations: routes.map(operationOf),
    notes: [],
    views: [],
    names: new Set(),
    digest: '',
    root: {},
    locate: (pointers) =>
      pointers.map((pointer) => ({ file: 'test.yaml', line: Number(pointer.slice(1)) + 1, column: 1 })),
    release: () => undefined,
  };
}

const NO_NAMES = { exact: new Map(), deep: new Map(), others: null, folded: new Set<string>() };

export function slashesOf(name: string): 'segments' | 'encoded' | 'none' {
  if (name.endsWith('+')) return 'segments';
  return name.endsWith('%') ? 'encoded' : 'none';
}

function operationOf(route: string, index: number): Operation {
  const [method, template] = route.split(' ') as [Method, string];
  const path = parseTemplate(template, slashesOf);
  if (typeof path === 'string') throw new Error(path);
  return {
    id: `test.${index}`,
    api: 'test',
    method,
    template,
    path,
    sensitivity: 'normal',
    tags: [],
    safe: false,
    idempotent: false,
    parameters: {
      path: [],
      query: new Map(),
      query_names: NO_NAMES,
      headers: [],
      cookies: [],
      cookie_names: NO_NAMES,
    },
    body: null,
    limits: {},
    guards: {},
    places: NO_PLACES,
    responses: { exact: new Map(), ranges: new Map(), fallback: null, success_types: [] },
    pointer: `/${index}`,
  };
}
