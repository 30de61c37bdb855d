// Errors as a BIG-IP answers them: three layers with three body shapes (iControl REST 1.1) and the
// messages of mcpd with their numbers (iControl REST 4.3).

/** Which process of the device answers; decides the shape of the error body. */
export type ErrorLayer = 'httpd' | 'restjavad' | 'icrd';

export interface DeviceErrorOptions {
  layer?: ErrorLayer;
  /** Only in the icrd shape; see iControl REST 4.1. @default 3 */
  apiError?: number;
  headers?: Record<string, string>;
  /** The response carries no body at all. @default false */
  isBodyless?: boolean;
}

/** A refusal that becomes the response of the request it ends. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly status: number;
  readonly layer: ErrorLayer;
  readonly apiError: number;
  readonly headers: Record<string, string>;
  readonly isBodyless: boolean;

  constructor(status: number, message: string, options: DeviceErrorOptions = {}) {
    super(message);
    this.status = status;
    this.layer = options.layer ?? 'icrd';
    this.apiError = options.apiError ?? 3;
    this.headers = options.headers ?? {};
    this.isBodyless = options.isBodyless ?? false;
  }
}

export const API_ERROR_PARSE = 1;
export const API_ERROR_SEMANTIC = 2;
export const API_ERROR_VALIDATION = 26214401;
export const API_ERROR_MCPD_LOST = 32768001;
export const API_ERROR_ACTIVE_TASK = 32964609;

/** `<code>:<severity>: <text>`; status 404 for 01020036, 409 for 01020066, else 400 (iControl REST 4.1). */
export function mcpError(code: string, text: string, status?: number): DeviceError {
  const byCode = code.startsWith('01020036') ? 404 : code.startsWith('01020066') ? 409 : 400;
  return new DeviceError(status ?? byCode, `${code}: ${text}`);
}

/** @param id full path, or the parts of a compound key separated by blanks */
export function notFound(className: string, id: string): DeviceError {
  return mcpError('01020036:3', `The requested ${className} (${id}) was not found.`);
}

export function alreadyExists(
  className: string,
  id: string,
  partition: string | null,
): DeviceError {
  const where = partition === null ? '' : ` in partition ${partition}`;
  return mcpError('01020066:3', `The requested ${className} (${id}) already exists${where}.`);
}

export function inUse(className: string, id: string, byClass: string, by: string): DeviceError {
  return mcpError(
    '01070265:3',
    `The ${className} (${id}) cannot be deleted because it is in use by a ${byClass} (${by}).`,
  );
}

export function configurationError(text: string): DeviceError {
  return mcpError('01070734:3', `Configuration error: ${text}`);
}

/** Refusals of the tmsh/icrd layer, which carry no mcp number. */
export function validationError(text: string): DeviceError {
  return new DeviceError(400, text, { apiError: API_ERROR_VALIDATION });
}

export function semanticError(text: string): DeviceError {
  return new DeviceError(400, text, { apiError: API_ERROR_SEMANTIC });
}

export function nothingSpecified(): DeviceError {
  return semanticError('one or more properties must be specified');
}

export function unknownProperty(name: string): DeviceError {
  return validationError(`"${name}" unknown property`);
}

export function restjavadError(status: number, message: string): DeviceError {
  return new DeviceError(status, message, { layer: 'restjavad' });
}

export function notRegistered(path: string): DeviceError {
  return restjavadError(404, `Public URI path not registered: ${path.replace(/^\/mgmt/, '')}`);
}
