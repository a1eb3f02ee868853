import { pointerTo } from '../../contract/pointer.ts';
import type { ApiExchange } from '../../exchange.ts';
import type { UsageBook } from './book.ts';
import { memberPaths } from './paths.ts';

/** Larger bodies are counted and not looked into: reading them again would take longer than an exchange. */
const MAX_LOOKED_BYTES = 1024 * 1024;

/** Counts an exchange that was let through, and now and then looks into what it used of the contract. */
export function observeExchange(book: UsageBook, exchange: ApiExchange): void {
  const { operation, answer, begun, outgoing } = exchange;
  const status = (answer ?? begun)?.status;
  if (!operation || status === undefined || !book.exchange(operation.operation.id)) return;
  const names = operation.declared_names;
  const places = [
    ...parameterPlaces(exchange),
    ...bodyPlaces('body', outgoing?.body, fieldOf(outgoing?.headers, 'content-type'), names),
    ...bodyPlaces(String(status), answer?.body, fieldOf(answer?.headers, 'content-type'), names),
  ];
  book.look(operation.operation.id, status, places);
}

/** Query parameters as they went on, header parameters and cookies as they came: all are names of the contract. */
function parameterPlaces({ operation, outgoing, request }: ApiExchange): Set<string> {
  const { query_names, headers, cookies } = operation!.operation.parameters;
  const places = new Set<string>();
  const sent = outgoing?.path.split('?', 2)[1] ?? '';
  for (const part of sent === '' ? [] : sent.split('&')) {
    const name = nameOf(part);
    const { exact, deep, others } = query_names;
    const parameter = exact.get(name) ?? deep.get(name.split('[', 1)[0]!) ?? others;
    if (parameter) places.add(`query${pointerTo('', parameter.name)}`);
  }
  for (const { name } of headers) {
    if (request?.fields.all(name) !== undefined) places.add(`header/${name}`);
  }
  const baked = cookies.length === 0 ? [] : [request?.fields.all('cookie') ?? []].flat();
  const named = new Set(baked.flatMap((field) => field.split('; ').map((pair) => pair.split('=', 1)[0])));
  for (const { name } of cookies) if (named.has(name)) places.add(`cookie${pointerTo('', name)}`);
  return places;
}

function nameOf(part: string): string {
  return decoded(part.split('=', 1)[0]!);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function bodyPlaces(prefix: string, body: unknown, type: string, names: ReadonlySet<string>): string[] {
  if (!Buffer.isBuffer(body) || body.length === 0 || body.length > MAX_LOOKED_BYTES) return [];
  if (/[/+]json\b/.test(type)) {
    return [...memberPaths(JSON.parse(body.toString()), names)].map((path) => `${prefix}${path}`);
  }
  if (!type.startsWith('application/x-www-form-urlencoded')) return [];
  const sent = new Set(
    body
      .toString()
      .split('&')
      .map((part) => nameOf(part).split('[', 1)[0]!),
  );
  return [...sent].filter((name) => names.has(name)).map((name) => `${prefix}${pointerTo('', name)}`);
}

/** A field of flat pairs; '' where it is absent. */
function fieldOf(pairs: readonly string[] | undefined, name: string): string {
  const at = pairs?.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name) ?? -1;
  return at < 0 ? '' : (pairs?.[at + 1] ?? '').toLowerCase();
}
