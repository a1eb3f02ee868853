import { createHash } from 'node:crypto';
import { lookUp, member, type Node } from '../../contract/pointer.ts';
import type { Operation } from '../../contract/types.ts';
import { follow } from '../document.ts';
import { inheritedShape, Shapes } from '../shape.ts';

/** An operation as a review knows it. */
export interface OperationShape {
  /** `orders.createOrder` */
  readonly id: string;
  /** SHA-256 in lower hex over everything that shapes what it lets in and out. */
  readonly digest: string;
}

/**
 * The digest of each operation: method and path, parameters, bodies, answers, every schema they reach, and our
 * extensions on operation, path item and document.
 *
 * @param root the contract with its overlays applied
 */
export function operationShapes(root: unknown, operations: readonly Operation[]): OperationShape[] {
  const shapes = new Shapes(root);
  const document = inheritedShape({ value: root, pointer: '' });
  return operations.map(({ id, method, template, pointer }) => {
    const item = pathItemAround(root, template);
    const parameters = item && member(item, 'parameters');
    const operation = lookUp(root, `#${pointer.split('/').map(encodeURIComponent).join('/')}`);
    const parts = [
      document,
      ...(item ? [inheritedShape(item)] : []),
      ...(parameters ? [parameters] : []),
      ...(operation ? [operation] : []),
    ];
    const digest = createHash('sha256')
      .update(`${method} ${template}\n${shapes.digestOf(parts)}`)
      .digest('hex');
    return { id, digest };
  });
}

/** By name, because the path item of an operation may be a shared one that several paths refer to. */
function pathItemAround(root: unknown, template: string): Node | null {
  const paths = member({ value: root, pointer: '' }, 'paths');
  const item = paths && member(paths, template);
  return item && follow(root, item);
}
