/** What `node --test` is to run in place of these files. */
export function grouped(root: string, files: readonly string[]): string[];
/** The files that a file given to `node --test` stands for; itself where it is no group. */
export function membersOf(file: string): string[];
