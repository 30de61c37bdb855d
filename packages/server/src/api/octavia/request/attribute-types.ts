// Building blocks of the resource schemas. `format` and `pattern` name the checks that `parse-body` makes, so that
// every refusal carries Octavia's sentence.
import Type, {
  type TEnum,
  type TInteger,
  type TNull,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TString,
  type TUnion,
} from 'typebox';

/** An object that takes exactly these attributes; their order is the order of checks. */
export function attributes<Properties extends TProperties>(
  properties: Properties,
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}

/** May be left out or null. */
export function optional<Schema extends TSchema>(
  schema: Schema,
): TOptional<TUnion<[Schema, TNull]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** May be left out, but not null. */
export function omissible<Schema extends TSchema>(
  schema: Schema,
): ReturnType<typeof Type.Optional<Schema>> {
  return Type.Optional(schema);
}

export function text(
  maxLength: number,
  options: { pattern?: string; minLength?: number } = {},
): TString {
  return Type.String({ maxLength, ...options });
}

export function integer(minimum: number, maximum: number): TInteger {
  return Type.Integer({ minimum, maximum });
}

export function oneOf<const Values extends readonly (string | number)[]>(
  values: Values,
): TEnum<[...Values]> {
  return Type.Enum<[...Values]>([...values]);
}

export const Uuid = Type.String({ format: 'uuid' });
export const IpAddress = Type.String({ format: 'ip' });
/** Host bits are cleared: `10.0.0.7/8` becomes `10.0.0.0/8`. */
export const Cidr = Type.String({ format: 'cidr' });
export const Url = Type.String({ format: 'url', maxLength: 255 });
export const UrlPath = Type.String({ format: 'url-path', maxLength: 2048 });
const AlpnProtocol = Type.String({ format: 'alpn' });
export const Bool = Type.Boolean();
export const Name = text(255);
export const Tags = Type.Array(text(255));
export const Reference = text(255);
export const PortNumber = integer(1, 65_535);
/** Milliseconds. */
export const Timeout = integer(0, 2_073_600_000);
export const TlsVersions = Type.Array(text(32));
export const AlpnProtocols = Type.Array(AlpnProtocol);
export const TlsCiphers = text(2048);
