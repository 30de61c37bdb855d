// A refusal as the layer that gives it would send it (iControl REST 1.1).
import { DeviceError } from '../errors.ts';

export interface RawResponse {
  status: number;
  reason?: string;
  headers: Record<string, string | string[]>;
  body: string;
}

const HTML: Readonly<Record<number, string>> = {
  401: 'Authorization Required',
  413: 'Request Entity Too Large',
  502: 'Proxy Error',
  503: 'Service Temporarily Unavailable',
};

export const JSON_TYPE = 'application/json;charset=utf-8';

/** Fixed headers of the REST framework (iControl REST 1.2). */
export const FRAMEWORK_HEADERS: Readonly<Record<string, string>> = {
  Server: 'Jetty(9.4.49.v20220914)',
  Allow: '',
  Pragma: 'no-cache',
  'Cache-Control': 'no-store, no-cache, must-revalidate',
  Expires: '-1',
  'X-Frame-Options': 'SAMEORIGIN',
  'Strict-Transport-Security': 'max-age=16070400; includeSubDomains',
};

function page(status: number): string {
  const title = HTML[status] ?? 'Error';
  return (
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n' +
    `<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n</body></html>\n`
  );
}

/** @param operationId number of the operation in the REST framework */
export function errorResponse(
  error: DeviceError,
  clientAddress: string,
  operationId: number,
): RawResponse {
  const { status, message, layer } = error;
  if (layer === 'httpd') {
    const headers = {
      Server: 'Apache',
      'Content-Type': 'text/html; charset=iso-8859-1',
      ...error.headers,
    };
    return { status, reason: message, headers, body: error.isBodyless ? '' : page(status) };
  }
  const headers = { ...FRAMEWORK_HEADERS, 'Content-Type': JSON_TYPE, ...error.headers };
  const body =
    layer === 'restjavad'
      ? {
          code: status,
          message,
          referer: clientAddress,
          restOperationId: operationId,
          kind: ':resterrorresponse',
        }
      : { code: status, message, errorStack: [], apiError: error.apiError };
  return { status, headers, body: JSON.stringify(body) };
}

/** A defect of the emulator itself: the device's own words for one of its, no details. */
export function internalError(): DeviceError {
  return new DeviceError(500, 'AsyncContext timeout', { layer: 'restjavad' });
}
