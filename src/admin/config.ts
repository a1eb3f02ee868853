/** What a configuration says about the admin listener: where a gate can be watched and told to reload. */
import { z } from 'zod';
import { type Parsed, path, textField } from '../core/settings/config.ts';

/** Name of the socket in the data folder. */
export const ADMIN_SOCKET = 'admin.sock';

const MAX_PLACES = 4;

/** A place where the admin listener answers. */
export type AdminPlace =
  | { readonly kind: 'unix' }
  | { readonly kind: 'tcp'; readonly address: '127.0.0.1' | '::1'; readonly port: number };

const PLACE_PATTERN = '^(unix|(127\\.0\\.0\\.1|\\[::1\\]):[0-9]{1,5})$';
const TCP = /^(127\.0\.0\.1|\[::1\]):([0-9]{1,5})$/;

function readPlace(text: string): Parsed<AdminPlace> {
  if (text === 'unix') return { ok: true, value: { kind: 'unix' } };
  const [, host, digits] = TCP.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    return { ok: false, problem: 'must be unix, or 127.0.0.1 or [::1] with a port, such as 127.0.0.1:9464' };
  }
  return { ok: true, value: { kind: 'tcp', address: host === '[::1]' ? '::1' : '127.0.0.1', port } };
}

const placeConfig = textField(readPlace, {
  description: 'unix, or a literal loopback address with a port.',
  examples: ['127.0.0.1:9464'],
  pattern: PLACE_PATTERN,
  'x-kind': '`unix`, `127.0.0.1:PORT` or `[::1]:PORT`',
});

/** The admin listener; it is always on, and nobody reaches it from another machine. */
export const adminConfig = z
  .strictObject({
    listen: z
      .array(placeConfig)
      .min(1)
      .refine((places) => places.filter(({ kind }) => kind === 'unix').length < 2 && places.length <= MAX_PLACES, {
        message: 'must name at most four places, and unix once',
      })
      .prefault(['unix'])
      .meta({
        description:
          'Where it answers: on a Unix socket that only the owner of the gate can use, on a loopback port where every user of this machine can read and nobody can change anything, or on both.',
      }),
    socket: path('The Unix socket; by default admin.sock in the data folder.', '/run/sallyport/admin.sock').optional(),
  })
  .meta({
    description:
      'The admin listener: health, metrics, status, reload and certificates. Nobody reaches it from elsewhere.',
  });
