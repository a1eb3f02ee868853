/** What a configuration says about the audit log. */
import { z } from 'zod';
import { size } from '../settings/config.ts';

/** The audit log; it is always on. */
export const auditConfig = z
  .strictObject({
    segment: size({ min: '1MiB', max: '1GiB', about: 'Size at which a new segment file begins.' }).prefault('64MiB'),
  })
  .transform((audit) => ({ segment_bytes: audit.segment }))
  .meta({ description: 'The audit log. It is always on.' });
