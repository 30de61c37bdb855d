// A device reduced to what plans say to it: keeps raw fields, answers with raw items. It knows neither defaults nor
// checks (the emulator does); it shows whether what is written reads back as what was meant.
import { normalise } from '../../src/normalise/normalise.ts';
import {
  byKey,
  keyOf,
  isFields,
  type DeviceObject,
  type DeviceObjects,
  type Fields,
  type ObjectKey,
  type ObjectRef,
} from '../../src/object-types/device-object.ts';
import { asText } from '../../src/object-types/property.ts';
import { OBJECT_TYPES } from '../../src/object-types/object-types.ts';
import { nodePathOfMember } from '../../src/object-types/references.ts';
import type { Step } from '../../src/plan/step.ts';

interface RawObject {
  ref: ObjectRef;
  fields: Fields;
}

const PAIRS = [
  ['enabled', 'disabled'],
  ['vlansEnabled', 'vlansDisabled'],
] as const;

function merge(before: Fields, change: Fields): Fields {
  const dropped = new Set(
    PAIRS.flatMap(([a, b]) => [
      ...(change[a] === true ? [b as string] : []),
      ...(change[b] === true ? [a as string] : []),
    ]),
  );
  const kept = Object.entries({ ...before, ...change }).filter(([name]) => !dropped.has(name));
  return Object.fromEntries(kept);
}

export class RawDevice {
  readonly #objects = new Map<ObjectKey, RawObject>();

  apply(steps: readonly Step[]): void {
    steps.forEach((step) => this.#one(step));
  }

  read(): DeviceObjects {
    return byKey([...this.#objects.values()].flatMap((raw) => this.#show(raw)));
  }

  #one({ action, target, body }: Step): void {
    if (action === 'remove') {
      this.#remove(target);
      return;
    }
    const { members, ...own } = body;
    const before = this.#objects.get(keyOf(target));
    if ((action === 'create') !== (before === undefined)) {
      throw new Error(`${action} of ${keyOf(target)}, which is ${before ? '' : 'not '}there`);
    }
    this.#put(target, merge(before?.fields ?? {}, own));
    if (Array.isArray(members))
      this.#replaceMembers(target, (members as Fields[]).filter(isFields));
  }

  #replaceMembers(pool: ObjectRef, members: readonly Fields[]): void {
    for (const { ref } of this.#membersOf(pool.path)) this.#objects.delete(keyOf(ref));
    for (const member of members) {
      const path = `/${asText(member['partition'])}/${asText(member['name'])}`;
      this.#put({ type: 'pool-member', path, parent: pool.path }, member);
    }
  }

  #put(ref: ObjectRef, fields: Fields): void {
    this.#objects.set(keyOf(ref), { ref, fields });
    if (ref.type !== 'pool-member') return;
    const node: ObjectRef = { type: 'node', path: nodePathOfMember(ref.path) };
    this.#objects.set(keyOf(node), { ref: node, fields: {} });
  }

  #remove(ref: ObjectRef): void {
    if (!this.#objects.delete(keyOf(ref))) throw new Error(`${keyOf(ref)} is not there`);
    if (ref.type !== 'pool') return;
    for (const member of this.#membersOf(ref.path)) this.#objects.delete(keyOf(member.ref));
  }

  #membersOf(pool: string): RawObject[] {
    return [...this.#objects.values()].filter(({ ref }) => ref.parent === pool);
  }

  #show({ ref, fields }: RawObject): DeviceObject[] {
    if (ref.type === 'pool-member') return [];
    const members = this.#membersOf(ref.path).map((member) => ({
      ...member.fields,
      fullPath: member.ref.path,
    }));
    const profiles = Array.isArray(fields['profiles']) ? (fields['profiles'] as Fields[]) : [];
    const policies = Array.isArray(fields['policies']) ? (fields['policies'] as Fields[]) : [];
    const inline = {
      membersReference: { items: members },
      profilesReference: {
        items: profiles.map((one) => ({ ...one, fullPath: one['name'] ?? '' })),
      },
      policiesReference: {
        items: policies.map((one) => ({ ...one, fullPath: one['name'] ?? '' })),
      },
    };
    const shown = OBJECT_TYPES[ref.type].expand ? { ...fields, ...inline } : fields;
    return normalise(ref.type, { ...shown, fullPath: ref.path });
  }
}
