// Reads the secrets that services need and keeps them for a while, so that a change that has nothing to do with TLS
// asks Barbican for nothing, and a Barbican that is away stops nothing that it has answered before.
// Invariant: contents leave only towards the device; everything else sees checksums.
import { createHash } from 'node:crypto';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { BarbicanError, mapLimit, type Clock, type Logger } from '@f5-lbaas/platform';
import type { FileContents } from '../apply/uploads.ts';
import type { Checksum, Material, TlsMaterial } from '../compile/tls-material.ts';
import { materialRefsOf, type MaterialRef } from './material-refs.ts';
import type { SecretReader } from './secret-reader.ts';

export interface LoadedMaterial {
  material: TlsMaterial;
  contents: FileContents;
}

interface Known {
  material: Exclude<Material, { kind: 'unreadable' }>;
  contents: FileContents;
  readAtMs: number;
}

export interface MaterialStoreOptions {
  /** Absent: the agent has no access to Barbican. */
  reader: SecretReader | undefined;
  clock: Clock;
  logger: Logger;
}

/** Less than any interval between resyncs, so that each of them notices a replaced secret. */
const FRESH_MS = 30_000;
const KNOWN_MAX = 5_000;
const PARALLEL = 8;

const NO_ACCESS =
  'The agent has no access to Barbican: os_auth_url, os_username and os_password are not set.';

function checksumOf(content: string): Checksum {
  const hash = createHash('sha1').update(content).digest('hex');
  return `SHA1:${Buffer.byteLength(content)}:${hash}`;
}

export class MaterialStore {
  readonly #options: MaterialStoreOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: MaterialStoreOptions) {
    this.#options = options;
  }

  /** Never throws but for the signal: what cannot be read says so. */
  async load(service: ServiceDefinition, signal: AbortSignal): Promise<LoadedMaterial> {
    const refs = materialRefsOf(service);
    const entries = await mapLimit(refs, PARALLEL, async (ref) => ({
      ref: ref.ref,
      ...(await this.#one(ref, signal)),
    }));
    return {
      material: new Map(entries.map(({ ref, material }) => [ref, material])),
      contents: new Map(entries.flatMap(({ contents }) => [...contents])),
    };
  }

  async #one(
    wanted: MaterialRef,
    signal: AbortSignal,
  ): Promise<{ material: Material; contents: FileContents }> {
    const { reader, clock, logger } = this.#options;
    const known = this.#known.get(keyOf(wanted));
    const isFresh = known !== undefined && clock.nowMs() - known.readAtMs < FRESH_MS;
    if (isFresh && !wanted.isChanging) return known;
    if (reader === undefined) return unreadable(NO_ACCESS);
    try {
      const read = await readWith(reader, wanted, signal);
      this.#keep(wanted, { ...read, readAtMs: clock.nowMs() });
      return read;
    } catch (error) {
      if (!(error instanceof BarbicanError)) throw error;
      logger.warn({ ref: wanted.ref, kind: error.kind, reason: error.message }, 'Secret unread.');
      if (error.kind === 'unavailable' && known !== undefined) return known;
      return unreadable(error.message);
    }
  }

  #keep(wanted: MaterialRef, known: Known): void {
    const key = keyOf(wanted);
    this.#known.delete(key);
    this.#known.set(key, known);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
  }
}

const keyOf = ({ ref, form }: MaterialRef): string => `${form} ${ref}`;

function unreadable(reason: string): { material: Material; contents: FileContents } {
  return { material: { kind: 'unreadable', reason }, contents: new Map() };
}

async function readWith(
  reader: SecretReader,
  { ref, form }: MaterialRef,
  signal: AbortSignal,
): Promise<Omit<Known, 'readAtMs'>> {
  const contents = new Map<Checksum, string>();
  const put = (content: string): Checksum => {
    const checksum = checksumOf(content);
    contents.set(checksum, content);
    return checksum;
  };
  if (form === 'text') {
    const content = put(await reader.text(ref, signal));
    return { material: { kind: 'text', content }, contents };
  }
  const bundle = await reader.bundle(ref, signal);
  const chain = bundle.intermediates.length === 0 ? null : put(bundle.intermediates.join(''));
  const [certificate, privateKey] = [put(bundle.certificate), put(bundle.privateKey)];
  return { material: { kind: 'bundle', certificate, privateKey, chain }, contents };
}
