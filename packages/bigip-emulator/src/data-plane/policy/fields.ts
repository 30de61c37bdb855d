// Reads conditions and actions as the device stores them: a bag of flags and a few values.

export type PolicyFields = Readonly<Record<string, unknown>>;

export function isSet(fields: PolicyFields, name: string): boolean {
  return fields[name] === true || fields[name] === 'true';
}

/** Undefined when absent, empty or `none`. */
export function textOf(fields: PolicyFields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' && value !== 'none' ? value : undefined;
}

export function numberOf(fields: PolicyFields, name: string): number | undefined {
  const value = Number(fields[name]);
  return fields[name] === undefined || Number.isNaN(value) ? undefined : value;
}

export function valuesOf(fields: PolicyFields): string[] {
  const { values } = fields;
  return Array.isArray(values) ? values.map(String) : [];
}

/** This part of a policy is not something the emulator can execute. */
export class UnsupportedPolicyError extends Error {
  override name = 'UnsupportedPolicyError';
}
