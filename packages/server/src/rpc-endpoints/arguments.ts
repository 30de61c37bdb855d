// Arguments of RPC methods, checked once at the edge; what arrives is another program's word.
import { LbaasError } from '@f5-lbaas/model';
import type { RpcArgs } from '@f5-lbaas/rpc';
import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';

function refuse(name: string, expected: string): LbaasError {
  return new LbaasError(
    'bad_request',
    'ERR_RPC_ARGUMENT',
    `The argument '${name}' must be ${expected}.`,
    { context: { argument: name } },
  );
}

/** @throws LbaasError kind `bad_request`, code ERR_RPC_ARGUMENT naming the argument; as all below */
export function textArg(args: RpcArgs, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value === '') throw refuse(name, 'a non-empty string');
  return value;
}

/** Undefined for absent and for null, which Python senders use for absent. */
export function optionalText(args: RpcArgs, name: string): string | undefined {
  const value = args[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw refuse(name, 'a string');
  return value === '' ? undefined : value;
}

export function textListArg(args: RpcArgs, name: string): string[] {
  const value = args[name];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw refuse(name, 'a list of strings');
  }
  return value;
}

export function booleanArg(args: RpcArgs, name: string): boolean {
  const value = args[name];
  if (typeof value !== 'boolean') throw refuse(name, 'true or false');
  return value;
}

/** A whole number, also when sent as text; undefined for absent, null and 0: no filter. */
export function optionalNumber(args: RpcArgs, name: string): number | undefined {
  const value = args[name] ?? undefined;
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) throw refuse(name, 'a whole number');
  return number === 0 ? undefined : number;
}

/** One of a closed set; undefined for absent and null. */
export function optionalOneOf<Value extends string>(
  args: RpcArgs,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const value = args[name] ?? undefined;
  if (value === undefined) return undefined;
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw refuse(name, `one of ${values.join(', ')}`);
  return found;
}

/** Arguments of a shape of their own. */
export function shapedArgs<Schema extends TSchema>(schema: Schema, args: RpcArgs): Static<Schema> {
  if (Check(schema, args)) return args;
  const [first] = Errors(schema, args);
  throw refuse(
    first?.instancePath.slice(1).replaceAll('/', '.') ?? '',
    first?.message.replace(/^must be /, '') ?? 'valid',
  );
}
