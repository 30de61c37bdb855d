// What compiling knows of certificates, keys and lists: checksums and whether they could be read, never contents.

/** `SHA1:<bytes>:<hex>`, as the device shows it for a file. */
export type Checksum = string;

export type Material =
  | { kind: 'bundle'; certificate: Checksum; privateKey: Checksum; chain: Checksum | null }
  | { kind: 'text'; content: Checksum }
  | { kind: 'unreadable'; reason: string };

/** By reference, as the service definition has it. */
export type TlsMaterial = ReadonlyMap<string, Material>;
