import { readingOf } from '../../../contract/body-format.ts';
import { readMediaType } from '../../../contract/media-type.ts';
import { schemaKind } from '../../../contract/schema-kind.ts';
import { contentOf, type ReviewedContent } from '../../document.ts';
import { judged, type LintRule } from '../rule.ts';

export const mediaTypes: LintRule = {
  id: 'media-types',
  severity: 'hint',
  controls: ['API-2', 'API-3'],
  title: 'A media type that is not carried',
  why: 'The gate carries what it can hold against a schema. A type it cannot read behaves as if it were not declared; where it stands alone, the contract does not load.',
  fix: 'Offer JSON beside or instead of it, or declare it as type string, format binary to pass it unread.',
  operation({ operation: { body, responses }, document: { root } }) {
    const said = (direction: 'request' | 'response') => (content: ReviewedContent) =>
      judged(content.node.pointer, !isCarried(root, content, direction), `${content.media_type} is not carried`);
    return [
      ...(body ? contentOf(body) : []).flatMap(said('request')),
      ...responses.flatMap(({ content }) => content).flatMap(said('response')),
    ];
  },
};

/** What only lacks a schema is another rule's matter. */
function isCarried(root: unknown, { media_type, schema }: ReviewedContent, direction: 'request' | 'response'): boolean {
  const media = readMediaType(media_type);
  return media !== null && readingOf(media, schemaKind(root, schema), direction).format !== 'unread';
}
