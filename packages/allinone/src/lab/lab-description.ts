// `lab.json` and `clouds.yaml`: how programs and the `openstack` command find a running lab.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LbaasError } from '@f5-lbaas/model';
import { isObject } from '../http/fields.ts';
import { REGION } from '../keystone/catalog.ts';
import { DEFAULT_DOMAIN, type Directory, findNamed } from '../keystone/directory.ts';

export interface LabDevice {
  name: string;
  url: string;
  /** The emulator's own side door: request counts and faults. */
  control_url: string;
  username: string;
  password: string;
}

export interface LabDescription {
  /** Ends in `/v3`. */
  auth_url: string;
  load_balancer_url: string;
  network_url: string;
  /** Barbican. */
  key_manager_url: string;
  /** Subnet ids. */
  subnets: { vip: string; members: string };
  /** Path of a PEM file: trust it for the devices' HTTPS. */
  cacert: string;
  devices: LabDevice[];
}

/** Cloud name -> user and project, both by name. */
const CLOUDS: Record<string, { user: string; project: string }> = {
  lab: { user: 'lab', project: 'lab' },
  'lab-other': { user: 'lab-other', project: 'lab-other' },
  'lab-reader': { user: 'lab-reader', project: 'lab' },
  'lab-admin': { user: 'admin', project: 'admin' },
};

/** Readers see the old file or the new one, never half of one. */
function writeWhole(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function cloudEntry(name: string, authUrl: string, directory: Directory): string {
  const { user, project } = CLOUDS[name] ?? { user: name, project: name };
  const password = findNamed(directory.users, { name: user })?.password ?? '';
  return [
    `  ${name}:`,
    `    region_name: ${REGION}`,
    '    identity_api_version: 3',
    '    auth:',
    `      auth_url: ${authUrl}`,
    `      username: ${user}`,
    `      password: ${JSON.stringify(password)}`,
    `      project_name: ${project}`,
    `      user_domain_id: ${DEFAULT_DOMAIN.id}`,
    `      project_domain_id: ${DEFAULT_DOMAIN.id}`,
  ].join('\n');
}

export function writeCloudsYaml(path: string, authUrl: string, directory: Directory): void {
  const entries = Object.keys(CLOUDS).map((name) => cloudEntry(name, authUrl, directory));
  writeWhole(path, `# Written by f5-lbaas lab\nclouds:\n${entries.join('\n')}\n`);
}

export interface CloudEntry {
  username: string;
  password: string;
  project: string;
}

/**
 * Reads one cloud of a `clouds.yaml` that `writeCloudsYaml` wrote; no general YAML reader.
 * @throws LbaasError kind `unavailable` when the file or the cloud is not there
 */
export function readCloud(path: string, name: string): CloudEntry {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const start = lines.indexOf(`  ${name}:`);
  const end = lines.findIndex((line, index) => index > start && /^ {2}\S/.test(line));
  const entry = start < 0 ? [] : lines.slice(start, end < 0 ? undefined : end);
  const valueOf = (key: string): string => {
    const line = entry.find((text) => text.trim().startsWith(`${key}: `));
    if (line !== undefined)
      return line
        .trim()
        .slice(key.length + 2)
        .replace(/^"(.*)"$/, '$1');
    throw new LbaasError(
      'unavailable',
      'ERR_NO_LAB',
      `'${path}' has no cloud '${name}' with a ${key}: start the lab with 'npm start'.`,
    );
  };
  return {
    username: valueOf('username'),
    password: valueOf('password'),
    project: valueOf('project_name'),
  };
}

export function writeLabJson(path: string, description: LabDescription): void {
  writeWhole(path, `${JSON.stringify(description, null, 2)}\n`);
}

function isLabDescription(value: unknown): value is LabDescription {
  return (
    isObject(value) &&
    ['auth_url', 'load_balancer_url', 'network_url', 'key_manager_url', 'cacert'].every(
      (key) => typeof value[key] === 'string',
    ) &&
    isObject(value['subnets']) &&
    Array.isArray(value['devices'])
  );
}

/** @throws LbaasError kind `unavailable` when no lab has written it */
export function readLabJson(path: string): LabDescription {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new LbaasError(
      'unavailable',
      'ERR_NO_LAB',
      `There is no lab description at '${path}': start the lab with 'npm start', or name its directory.`,
      { cause: error },
    );
  }
  if (isLabDescription(content)) return content;
  throw new LbaasError('bad_request', 'ERR_NO_LAB', `'${path}' does not describe a lab.`);
}
