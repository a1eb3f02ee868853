import { parseTemplate } from '../../src/channels/api/contract/template.ts';
import type { Contract, Method, Operation } from '../../src/channels/api/contract/types.ts';

/** A contract of `METHOD /path` routes without parameters, bodies or responses; route n stands on line n + 1. */
export function contractOf(routes: readonly string[]): Contract {
  return {
    api: 'test',
    path: 'test.yaml',
    title: 'Test',
    operations: routes.map(operationOf),
    notes: [],
    views: [],
    names: new Set(),
    locate: (pointers) => pointers.map((pointer) => ({ line: Number(pointer.slice(1)) + 1, column: 1 })),
  };
}

function operationOf(route: string, index: number): Operation {
  const [method, template] = route.split(' ') as [Method, string];
  const path = parseTemplate(template);
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
    parameters: { path: [], query: new Map(), headers: [] },
    body: null,
    responses: { exact: new Map(), ranges: new Map(), fallback: null, success_types: [] },
    pointer: `/${index}`,
  };
}
