// `sys/crypto/cert` and `sys/crypto/key`: the file objects again, in the form of the crypto commands (iControl REST 6.19).
import { listSorted, type ConfigEngine } from '../engine/config-engine.ts';
import { segmentOf } from '../engine/identity.ts';
import { scalarText, type JsonObject } from '../json.ts';

export function cryptoObjects(engine: ConfigEngine, kind: 'cert' | 'key'): JsonObject {
  const path = `sys/crypto/${kind}`;
  const items = listSorted(engine, `sys/file/ssl-${kind}`, []).map(({ fullPath, fields }) => ({
    kind: `tm:sys:crypto:${kind}:${kind}state`,
    name: fullPath,
    fullPath,
    selfLink: engine.reader.link(`${path}/${segmentOf(fullPath)}`),
    apiRawValues:
      kind === 'cert'
        ? {
            certificateKeySize: scalarText(fields['certificateKeySize']),
            expiration: scalarText(fields['expirationString']),
            issuer: scalarText(fields['issuer']),
            publicKeyType: 'RSA',
          }
        : { keySize: scalarText(fields['keySize']), keyType: scalarText(fields['keyType']) },
  }));
  return {
    kind: `tm:sys:crypto:${kind}:${kind}collectionstate`,
    selfLink: engine.reader.link(path),
    items,
  };
}
