/** Parameter values as text (OpenAPI "Style Values"): the pieces of a path, a query, a header or a cookie. */
import type { Parameter } from '../document.ts';

type Scalar = string | number | boolean | null;
type Form = Pick<Parameter, 'name' | 'style' | 'explode'>;

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '%7C' };

/** Everything but the unreserved characters of RFC 3986. */
export function encode(value: unknown): string {
  return encodeURIComponent(value === null ? '' : String(value)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What stands in place of `{name}`. */
export function inPath({ name, style, explode }: Form, value: unknown, code = encode): string {
  if (style === 'label') return `.${joined(value, explode ? '.' : ',', explode ? '=' : ',', code)}`;
  if (style !== 'matrix') return joined(value, ',', explode ? '=' : ',', code);
  if (typeof value !== 'object' || value === null) return `;${name}=${code(value)}`;
  if (!explode) return `;${name}=${joined(value, ',', ',', code)}`;
  if (Array.isArray(value)) return value.map((item) => `;${name}=${code(item)}`).join('');
  return Object.entries(value)
    .map(([key, member]) => `;${code(key)}=${code(member)}`)
    .join('');
}

/** The `name=value` pieces of a query or a form; none for an empty array or object. */
export function inQuery({ name, style, explode }: Form, value: unknown): string[] {
  const key = encode(name);
  if (typeof value !== 'object' || value === null) return [`${key}=${encode(value)}`];
  const items: readonly unknown[] | null = Array.isArray(value) ? value : null;
  const members = Object.entries(value) as [string, Scalar][];
  if (members.length === 0) return [];
  if (style === 'deepObject') {
    return members.flatMap(([each, member]) =>
      (Array.isArray(member) ? member : [member]).map((one) => `${key}[${encode(each)}]=${encode(one)}`),
    );
  }
  if (explode && items !== null) return items.map((item) => `${key}=${encode(item)}`);
  if (explode) return members.map(([each, member]) => `${encode(each)}=${encode(member)}`);
  const separator = SEPARATORS[style] ?? ',';
  const texts = items ?? members.flat();
  return [`${key}=${texts.map(encode).join(separator)}`];
}

/** The value of a header or a cookie. */
export function inHeader({ explode }: Form, value: unknown): string {
  return joined(value, ',', explode ? '=' : ',', (each) => (each === null ? '' : String(each)));
}

function joined(value: unknown, between: string, assigns: string, code: (value: unknown) => string): string {
  if (Array.isArray(value)) return value.map(code).join(between);
  if (typeof value !== 'object' || value === null) return code(value);
  return Object.entries(value)
    .map(([key, member]) => `${code(key)}${assigns}${code(member)}`)
    .join(between);
}
