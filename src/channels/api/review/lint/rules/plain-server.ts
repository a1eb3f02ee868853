import { isObject, member, members, type Node } from '../../../contract/pointer.ts';
import { judged, type LintRule } from '../rule.ts';

const LOOPBACK = /^http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\])(?:[:/]|$)/i;

export const plainServer: LintRule = {
  id: 'plain-server',
  severity: 'danger',
  controls: ['TLS-1'],
  title: 'A server without TLS',
  why: 'Clients made from the description send credentials and data in the clear.',
  fix: 'Write https, or take the server away.',
  document({ document }) {
    const root: Node = { value: document.root, pointer: '' };
    const holders = [root, ...document.operations.flatMap(({ item, node }) => [item, node])];
    const servers = holders.flatMap((holder) => {
      const list = member(holder, 'servers');
      return list ? members(list).map(([, server]) => server) : [];
    });
    return servers.flatMap((server) => {
      const url = isObject(server.value) ? server.value['url'] : null;
      if (typeof url !== 'string') return [];
      return judged(`${server.pointer}/url`, /^http:/i.test(url) && !LOOPBACK.test(url), 'the server is plain http');
    });
  },
};
