import type { TextFile } from '../channels/api/contract/document.ts';
import type { ApiConfig } from '../config/load.ts';
import type { ProjectFiles } from './project-files.ts';
import { readText } from './read-text.ts';

/** The files of a contract: the description, and its overlays in the order in which they apply. */
export interface ContractTexts {
  readonly contract: TextFile;
  readonly overlays: readonly TextFile[];
}

/** @throws LoadError CONFIG_FILE for a file that cannot be read */
export function readContractTexts({ id, contract, overlays }: ApiConfig, files?: ProjectFiles): ContractTexts {
  return {
    contract: { path: contract.file, text: readText(contract, `apis.${id}.contract`, files) },
    overlays: overlays.map((overlay, index) => ({
      path: overlay.file,
      text: readText(overlay, `apis.${id}.overlays[${index}]`, files),
    })),
  };
}
