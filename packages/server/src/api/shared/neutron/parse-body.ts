// Reads request bodies by a resource's attribute map, with Neutron's checks in Neutron's order and words.
// @see neutron `api/v2/base.py` prepare_request_body, neutron-lib `api/attributes.py`
import type { Identity } from '../../../policy/identity.ts';
import { isTooDeep } from '../json-depth.ts';
import type { AttributeMap, Changed, Created, Settable } from './attribute-map.ts';
import { Inconvertible, InvalidValue, isDictionary, nonBlank } from './attribute-types.ts';
import { badRequest, neutronError } from './request-error.ts';

export interface ResourceSpec<Map extends AttributeMap> {
  singular: string;
  plural: string;
  attributes: Map;
}

/** Who the new objects belong to; undefined: not said. */
export interface OwnedInput<Input> {
  projectId: string;
  input: Input;
}

const readTenant = nonBlank(255);

/**
 * One object, or with the plural as wrapper several.
 * @throws LbaasError kind `bad_request`
 */
export function parseCreate<Map extends AttributeMap>(
  spec: ResourceSpec<Map>,
  body: string,
  identity: Identity,
): { isBulk: boolean; items: OwnedInput<Created<Map>>[] } {
  const root = parseRoot(body);
  const many = root[spec.plural];
  if (many === undefined) {
    const items = [readCreate(spec, unwrap(spec, root), identity)];
    return { isBulk: false, items };
  }
  if (!Array.isArray(many) || many.length === 0) throw badRequest('Resources required');
  const items = many.map((item) => readCreate(spec, dictionaryOf(spec, item), identity));
  return { isBulk: true, items };
}

/** @throws LbaasError kind `bad_request` */
export function parseUpdate<Map extends AttributeMap>(
  spec: ResourceSpec<Map>,
  body: string,
): Changed<Map> {
  const given = unwrap(spec, parseRoot(body));
  checkKnown(Object.keys(given), spec.attributes);
  for (const [name, attribute] of Object.entries(spec.attributes)) {
    const isFixed = !attribute.settable || !attribute.update;
    if (isFixed && Object.hasOwn(given, name)) {
      throw badRequest(`Cannot update read-only attribute ${name}`);
    }
  }
  for (const name of ['tenant_id', 'project_id']) {
    if (Object.hasOwn(given, name)) {
      throw badRequest(`Cannot update read-only attribute ${name}`);
    }
  }
  return convert(spec.attributes, given) as Changed<Map>;
}

/** The object under `key`. */
export function unwrapBody(body: string, key: string): Record<string, unknown> {
  return unwrap({ singular: key }, parseRoot(body));
}

function parseRoot(body: string): Record<string, unknown> {
  if (body.trim() === '') throw badRequest('Resource body required');
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    throw malformed('not valid JSON');
  }
  if (isTooDeep(root)) throw malformed('nested too deeply');
  if (!isDictionary(root)) throw badRequest('Body contains invalid data');
  return root;
}

function malformed(why: string): Error {
  const message = `Malformed request body: ${why}.`;
  return neutronError('bad_request', 'MalformedRequestBody', message);
}

function unwrap(
  spec: Pick<ResourceSpec<AttributeMap>, 'singular'>,
  root: Record<string, unknown>,
): Record<string, unknown> {
  const inner = root[spec.singular];
  if (inner === undefined || inner === null) {
    throw badRequest(`Unable to find '${spec.singular}' in request body`);
  }
  return dictionaryOf(spec, inner);
}

function dictionaryOf(
  { singular }: Pick<ResourceSpec<AttributeMap>, 'singular'>,
  value: unknown,
): Record<string, unknown> {
  if (!isDictionary(value)) throw badRequest(`Object '${singular}' contains invalid data`);
  return value;
}

/** An object inside another, as graph creation takes it. */
export function readNested<Map extends AttributeMap>(
  attributes: Map,
  given: Record<string, unknown>,
): Created<Map> {
  checkKnown(Object.keys(given), attributes);
  const values = fillDefaults(attributes, given);
  return convert(attributes, values) as Created<Map>;
}

function readCreate<Map extends AttributeMap>(
  { attributes }: ResourceSpec<Map>,
  given: Record<string, unknown>,
  identity: Identity,
): OwnedInput<Created<Map>> {
  const projectId = ownerOf(given, identity);
  return { projectId, input: readNested(attributes, given) };
}

/** Whose a new object is to be. @throws LbaasError kind `bad_request` */
export function ownerOf(given: Record<string, unknown>, identity: Identity): string {
  const { tenant_id: tenant, project_id: project } = given;
  if (tenant !== undefined && project !== undefined && tenant !== project) {
    throw badRequest("'project_id' and 'tenant_id' do not match");
  }
  if (project !== undefined) return namedOwner('project_id', project, identity);
  if (tenant !== undefined) return namedOwner('tenant_id', tenant, identity);
  if (identity.projectId !== null) return identity.projectId;
  throw badRequest('Running without keystone AuthN requires that tenant_id is specified');
}

function namedOwner(attribute: string, named: unknown, identity: Identity): string {
  let id: string;
  try {
    id = readTenant(named);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw badRequest(`Invalid input for ${attribute}. Reason: ${error.message}.`);
  }
  if (id === identity.projectId || identity.roles.includes('admin')) return id;
  throw badRequest(
    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request " +
      'requires admin privileges',
  );
}

const OWNER = ['tenant_id', 'project_id'];

function checkKnown(given: readonly string[], attributes: AttributeMap): void {
  const unknown = given.filter((name) => !Object.hasOwn(attributes, name) && !OWNER.includes(name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

function fillDefaults(
  attributes: AttributeMap,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const isGiven = Object.hasOwn(given, name);
    if (!attribute.settable || !attribute.create) {
      if (isGiven) throw badRequest(`Attribute '${name}' not allowed in POST`);
    } else if (isGiven) values[name] = given[name];
    else if (attribute.required) {
      throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
    } else values[name] = new Fallback(attribute.fallback);
  }
  return values;
}

/** A default, which needs no check. */
class Fallback {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function convert(
  attributes: AttributeMap,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!attribute.settable || !Object.hasOwn(given, name)) continue;
    const value = given[name];
    values[name] = value instanceof Fallback ? value.value : readValue(name, attribute, value);
  }
  return values;
}

function readValue(name: string, { read }: Settable<unknown>, value: unknown): unknown {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof InvalidValue) {
      throw badRequest(`Invalid input for ${name}. Reason: ${error.message}.`);
    }
    if (!(error instanceof Inconvertible)) throw error;
    const message = `Invalid input for operation: ${error.message}.`;
    throw neutronError('bad_request', 'InvalidInput', message);
  }
}
