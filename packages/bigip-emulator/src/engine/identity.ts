// Names: from a request body or a URI segment to the full path of an object (iControl REST 2.1).
import { mcpError, validationError, type DeviceError } from '../errors.ts';
import { asString, type JsonObject, scalarText } from '../json.ts';
import { splitPath } from '../store/record.ts';
import type { ObjectType } from '../schema/types.ts';

export interface Identity {
  name: string;
  partition: string | null;
  subPath: string | null;
  fullPath: string;
}

const NAME = /^[A-Za-z0-9_*:][A-Za-z0-9_.:%*/ +@-]*$/;
const NAME_LENGTH_MAX = 255;
export const DEFAULT_PARTITION = 'Common';

function invalidName(name: string): DeviceError {
  return mcpError('01070829:5', `Input error: Invalid name "${name.slice(0, NAME_LENGTH_MAX)}".`);
}

/** @throws DeviceError for a reserved or malformed name */
export function checkName(name: string): void {
  if (name === 'example') {
    throw validationError(`${name} is a reserved keyword and must not be used as resource name`);
  }
  if (name.length > NAME_LENGTH_MAX || !NAME.test(name)) throw invalidName(name);
}

function inFolder(name: string, partition: string, subPath: string | null): Identity {
  const folder = subPath === null ? `/${partition}` : `/${partition}/${subPath}`;
  return { name, partition, subPath, fullPath: `${folder}/${name}` };
}

function plain(name: string): Identity {
  return { name, partition: null, subPath: null, fullPath: name };
}

/** `sys/folder`: name and the folder it lies in; `/T1` has no partition of its own. */
export function directory(path: string): Identity {
  if (path === '/') return { name: '/', partition: null, subPath: null, fullPath: '/' };
  const parts = path.slice(1).split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length === 1) return { name, partition: null, subPath: '/', fullPath: path };
  const subPath = parts.length === 2 ? null : parts.slice(1, -1).join('/');
  return { name, partition: parts[0] ?? null, subPath, fullPath: path };
}

function trimmedSubPath(body: JsonObject): string {
  return asString(body['subPath'])?.replace(/^\/+|\/+$/g, '') ?? '';
}

function directoryOf(body: JsonObject): Identity {
  const name = asString(body['name']) ?? '';
  if (name.startsWith('/')) return directory(name);
  const partition = asString(body['partition']);
  const subPath = trimmedSubPath(body);
  const parts = [partition ?? '', subPath, name].filter((part) => part !== '');
  return directory(`/${parts.join('/')}`);
}

/** @param home partition of an object whose body names none */
export function identityOf(type: ObjectType, body: JsonObject, home = DEFAULT_PARTITION): Identity {
  if (type.naming === 'directory') return directoryOf(body);
  const name = scalarText(body['name']);
  if (name === '') throw validationError('"name" must be specified');
  if (type.naming === 'plain') return plain(name);
  const absolute = splitPath(name);
  if (absolute !== undefined) return inFolder(absolute.name, absolute.partition, absolute.subPath);
  const partition = asString(body['partition']) ?? home;
  const subPath = trimmedSubPath(body);
  return inFolder(name, partition, subPath === '' ? null : subPath);
}

/** Full path that a decoded URI segment stands for: `~Common~p1`, or `p1` for `/Common/p1`. */
export function pathOfSegment(type: ObjectType, segment: string): string {
  if (type.naming === 'directory') {
    const path = segment.replaceAll('~', '/');
    return path.startsWith('/') ? path : `/${path}`;
  }
  if (type.naming === 'plain') return segment.replaceAll('~', '/');
  const path = segment.replaceAll('~', '/');
  return path.startsWith('/') ? path : `/${DEFAULT_PARTITION}/${path}`;
}

/** URI segment of a full path: `~Common~p1`, `%` encoded. */
export function segmentOf(path: string): string {
  const segment = path.replaceAll('/', '~');
  return /[% ]/.test(segment) ? segment.replaceAll('%', '%25').replaceAll(' ', '%20') : segment;
}
