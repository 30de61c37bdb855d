// References to secrets and containers as tenants write them. Only kind and id count: the host in a reference is
// whatever the tenant wrote, and a token must never be sent there.
import { BarbicanError } from './barbican-error.ts';

export interface SecretRef {
  kind: 'secrets' | 'containers';
  /** UUID, lower case. */
  id: string;
}

const REF = /\/(secrets|containers)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

/** @throws BarbicanError `malformed` */
export function parseSecretRef(ref: string): SecretRef {
  const match = REF.exec(ref);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new BarbicanError('malformed', `'${ref}' is no reference to a secret or a container.`);
  }
  const kind = match[1].toLowerCase() === 'secrets' ? 'secrets' : 'containers';
  return { kind, id: match[2].toLowerCase() };
}
