// The application service that an object belongs to (iControl REST 6.20).
import { notFound } from '../errors.ts';
import { reference } from './reference-fields.ts';
import type { Field } from './types.ts';

export const APPLICATION_SERVICE = 'sys/application/service';

export function appService(options: Partial<Field> = {}): Field {
  return reference(APPLICATION_SERVICE, {
    crossPartition: true,
    missing: (path) => notFound('application service', path),
    ...options,
  });
}
