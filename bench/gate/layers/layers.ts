/**
 * The gate's own parts, put together a step more at a time. No option of the product leaves a step out, so this is done
 * here: each layer is the one before it and what its name says.
 */

export const LAYERS = {
  listener: 'the listener of the gate, with its certificate demanded and not judged; a fixed answer, no upstream',
  upstream: 'and the client to the upstream: the request passed on as it came, the answer as it came',
  admit:
    'and the exchange with its id, trace and deadline, and `admit`: source budget, hygiene of head, target and framing',
  authenticate: 'and `authenticate`: the certificate proven once for each connection',
  match: 'and `match`: the operation of the contract',
  limit: 'and `limit`: budgets of machine, party and operation, concurrency',
  authorize: 'and `authorize`: Cedar, with its memory',
  validate: 'and `validate` and `forward`: parameters and body judged, the request to the upstream made anew',
  filter: 'and `filter`: status, headers and body of the answer judged, what is undeclared left out; guards off',
  guards: 'and the guards, on what is received and what is answered',
  usage: 'and counting what of the contract is used',
  record: 'and intents and records written, to memory (tmpfs), where a sync costs little',
  durable: 'and written to disk, waiting until they are there',
} as const;
export type LayerName = keyof typeof LAYERS;

export const LAYER_NAMES = Object.keys(LAYERS) as LayerName[];

/** Whether a layer has what another one brings. */
export function has(layer: LayerName, part: LayerName): boolean {
  return LAYER_NAMES.indexOf(layer) >= LAYER_NAMES.indexOf(part);
}
