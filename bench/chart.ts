export async function chart(_: readonly string[]): Promise<number> {
  return 0;
}
