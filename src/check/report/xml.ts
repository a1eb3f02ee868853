/** XML 1.0 as text, well-formed whatever the values are. */
import { visible } from './visible.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Fit for text and for quoted attributes (XML 1.0 sections 2.4 and 3.3.3), and for HTML. What XML does not allow (section
 * 2.2) has become visible before; line ends remain.
 */
export function escaped(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ''))
    .join('\n');
}

/** ` name="value"` of each; a line end in a value is kept from becoming a blank. */
export function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** An element; `content` is XML already. */
export function element(name: string, values: Readonly<Record<string, string | number>>, content = ''): string {
  const head = `<${name}${attributes(values)}`;
  return content === '' ? `${head}/>` : `${head}>${content}</${name}>`;
}
