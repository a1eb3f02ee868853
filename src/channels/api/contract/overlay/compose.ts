import { type Fault, LoadError } from '../../../../core/errors/faults.ts';
import { createLocator, type Locate, type Place, readDocument, type TextFile } from '../document.ts';
import { FaultLog } from '../fault-log.ts';
import { isObject, pointerParts } from '../pointer.ts';
import { applyActions } from './apply.ts';
import { Origins } from './origins.ts';
import { readOverlay } from './overlay.ts';

/** A contract with its overlays applied. */
export interface ComposedDocument {
  readonly root: unknown;
  /** Where parts of it were written: in the contract, or in the overlay that wrote them. */
  readonly locate: Locate;
  /** Lets go of the texts and, unless it is kept, of the document: what was compiled from it still refers to it. */
  release(options: { readonly keep_document: boolean }): void;
}

/**
 * Reads a contract and applies its overlays in order.
 *
 * @throws LoadError CONTRACT_SYNTAX and CONTRACT_OVERLAY, each in the file it is about
 */
export function composeDocument(contract: TextFile, overlays: readonly TextFile[]): ComposedDocument {
  const read = readDocument(contract).root;
  const origins = new Origins();
  const faults: Fault[] = [];
  const root = overlays.reduce((document, overlay, source) => {
    const text = readDocument(overlay).root;
    const log = new FaultLog((pointers) => pointers.map(lazyLocator(overlay)));
    const files = { overlay: overlay.path, contract: contract.path };
    const changed = applyActions(document, readOverlay(text, log, files), { source, origins, log });
    if (!log.isEmpty) faults.push(...log.faults());
    return changed;
  }, read);
  if (faults.length > 0) throw new LoadError(faults);
  return new Composed(root, origins, [contract, ...overlays]);
}

class Composed implements ComposedDocument {
  readonly root: unknown;
  readonly #origins: Origins;
  #files: readonly TextFile[] | null;

  constructor(root: unknown, origins: Origins, files: readonly TextFile[]) {
    this.root = root;
    this.#origins = origins;
    this.#files = files;
  }

  readonly locate: Locate = (pointers) => {
    if (!this.#files) throw new Error('a contract was let go of and is asked for places');
    return placesOf(this.root, this.#origins, this.#files, pointers);
  };

  release({ keep_document }: { readonly keep_document: boolean }): void {
    this.#files = null;
    if (keep_document || !isObject(this.root)) return;
    for (const key of Object.keys(this.root)) delete (this.root as Record<string, unknown>)[key];
  }
}

function placesOf(root: unknown, origins: Origins, files: readonly TextFile[], pointers: readonly string[]): Place[] {
  const locators = files.map(lazyLocator);
  return pointers.map((pointer) => {
    const { source, pointer: written } = origins.find(root, pointerParts(pointer));
    // The contract is the source -1.
    return (locators[source + 1] as Locator)(written);
  });
}

type Locator = (pointer: string) => Place;

/** Reads the text again when the first place is asked for, and only then. */
function lazyLocator(file: TextFile): Locator {
  let locate: ReturnType<typeof createLocator> | null = null;
  return (pointer) => {
    locate ??= createLocator(file);
    return { file: file.path, ...locate(pointer) };
  };
}
