// The planner: from what is there and what should be there to the writes in between, in an order in which every
// object exists before it is referred to and is released before it goes. Pure; no difference gives no steps.
import {
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type Fields,
  type ObjectKey,
  type ObjectRef,
  type Owner,
} from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import { referencesOf } from '../object-types/references.ts';
import { changesBetween, type Change } from './changes.ts';
import { foldMembers, type FoldedMembers } from './fold-members.ts';
import { inReferenceOrder } from './order.ts';
import { createBody, fieldsOf, inlineBody, modifyBody } from './payload.ts';
import { PHASES, type FieldChange, type Phase, type Step, type Subject } from './step.ts';

export type OwnersOf = (object: DeviceObject) => readonly Owner[];

function refOf({ type, path, parent }: ObjectRef): ObjectRef {
  return parent === undefined ? { type, path } : { type, path, parent };
}

function phaseOf(object: DeviceObject, removed: boolean): Phase {
  const { life } = OBJECT_TYPES[object.type];
  if (life === 'container') return removed ? 'emptied' : 'partition';
  if (life === 'space') return removed ? 'emptied' : 'main';
  if (life === 'service') return removed ? 'vacated' : 'main';
  if (!removed || life === undefined) return 'main';
  return life === 'released' ? 'released' : 'unused';
}

function fieldChanges(change: Change): FieldChange[] {
  const { object } = change;
  const current = change.action === 'modify' ? change.current : undefined;
  const names = change.action === 'modify' ? change.properties : Object.keys(object.properties);
  const before = change.action === 'remove' ? object : current;
  return names.map((property) => ({
    object: refOf(object),
    property,
    from: before?.properties[property],
    to: change.action === 'remove' ? undefined : object.properties[property],
  }));
}

type Write = Exclude<Change, { action: 'remove' }>;

class StepWriter {
  readonly #folded: FoldedMembers;
  readonly #writes: ReadonlyMap<ObjectKey, Write>;
  readonly #current: DeviceObjects;
  readonly #ownersOf: OwnersOf;

  constructor(
    folded: FoldedMembers,
    writes: ReadonlyMap<ObjectKey, Write>,
    current: DeviceObjects,
    ownersOf: OwnersOf,
  ) {
    this.#folded = folded;
    this.#writes = writes;
    this.#current = current;
    this.#ownersOf = ownersOf;
  }

  remove(object: DeviceObject): Step {
    return {
      action: 'remove',
      phase: phaseOf(object, true),
      target: refOf(object),
      body: {},
      undo: {},
      subjects: [this.#subject(object)],
      uses: [],
      changes: [],
    };
  }

  write(change: Write): Step {
    const { object } = change;
    const list = this.#folded.lists.get(keyOf(object));
    const members = list === undefined ? {} : { members: list };
    const action = isAttached(object) ? 'modify' : change.action;
    const own =
      change.action === 'modify'
        ? modifyBody(object, change.properties)
        : action === 'create'
          ? createBody(object)
          : fieldsOf(object, Object.keys(object.properties));
    return {
      action,
      phase: phaseOf(object, false),
      target: refOf(object),
      body: { ...own, ...members },
      undo: change.action === 'create' ? {} : this.#undo(change, list !== undefined),
      subjects: this.#subjects(object),
      uses: referencesOf(object),
      changes: [...fieldChanges(change), ...this.#memberChanges(object)],
    };
  }

  /** A pool of which only members change. A PATCH of nothing but a subcollection is refused. */
  members(pool: DeviceObject): Step {
    const change = {
      action: 'modify',
      object: pool,
      current: pool,
      properties: ['loadBalancingMode'],
    } as const;
    const step = this.write({ ...change, properties: [...change.properties] });
    const subjects = step.subjects.slice(1);
    return { ...step, changes: this.#memberChanges(pool), subjects };
  }

  /** Fields of the members that are written with their pool; of one that goes, all of them. */
  #memberChanges(pool: DeviceObject): FieldChange[] {
    return inReferenceOrder(this.#folded.folded.get(keyOf(pool)) ?? []).flatMap((member) => {
      const write = this.#writes.get(keyOf(member));
      return fieldChanges(write ?? { action: 'remove', object: member });
    });
  }

  #undo(change: Extract<Change, { action: 'modify' }>, withMembers: boolean): Fields {
    const own = modifyBody(change.current, change.properties);
    if (!withMembers) return own;
    const before = [...this.#current.values()].filter(
      ({ type, parent }) => type === 'pool-member' && parent === change.object.path,
    );
    return {
      ...own,
      members: inReferenceOrder(before).map(inlineBody),
    };
  }

  #subjects(object: DeviceObject): Subject[] {
    const members = inReferenceOrder(this.#folded.folded.get(keyOf(object)) ?? []);
    return [object, ...members].map((one) => this.#subject(one));
  }

  #subject(object: DeviceObject): Subject {
    return { ref: refOf(object), owners: this.#ownersOf(object) };
  }
}

/**
 * @param current everything in the partition
 * @param desired as `desiredPartition` makes it
 * @param ownersOf for whom an object stands; errors are reported there
 */
export function planSteps(
  current: DeviceObjects,
  desired: DeviceObjects,
  ownersOf: OwnersOf = () => [],
): Step[] {
  const changes = changesBetween(current, desired);
  const folded = foldMembers(changes, desired);
  const isOwnStep = (object: DeviceObject): boolean => !folded.covered.has(keyOf(object));

  const writes = new Map(changes.written.map((change) => [keyOf(change.object), change]));
  const writer = new StepWriter(folded, writes, current, ownersOf);
  const poolsOfMembersOnly = [...folded.lists.keys()].filter((key) => !writes.has(key));
  const written = [
    ...changes.written.map(({ object }) => object),
    ...poolsOfMembersOnly.flatMap((key) => desired.get(key) ?? []),
  ].filter((object) => isOwnStep(object) && !isMadeByDevice(object));

  const replaced = inReferenceOrder(changes.replaced.filter(isOwnStep)).reverse();
  const removed = inReferenceOrder(
    changes.removed.filter((one) => isOwnStep(one) && !isAttached(one)),
  ).reverse();
  // What a service makes cannot be there beside what it takes the place of.
  const makesServices = written.some(isService);
  const steps = [
    ...replaced.map((object): Step => ({
      ...writer.remove(object),
      phase: isService(object) ? 'vacated' : 'main',
    })),
    ...servicesLast(inReferenceOrder(written)).map((object) => {
      const change = writes.get(keyOf(object));
      return change === undefined ? writer.members(object) : writer.write(change);
    }),
    ...removed.map((object): Step => {
      const step = writer.remove(object);
      const makesRoom = makesServices && step.phase === 'main' && object.type !== 'virtual-address';
      return makesRoom ? { ...step, phase: 'vacated' } : step;
    }),
  ];
  return PHASES.flatMap((phase) => steps.filter((step) => step.phase === phase));
}

function isService({ type }: DeviceObject): boolean {
  return OBJECT_TYPES[type].life === 'service';
}

/** They need what else is made; one that gives up its address comes before one that may take it. */
function servicesLast(objects: readonly DeviceObject[]): DeviceObject[] {
  const services = objects.filter(isService);
  const holdsAddress = ({ properties }: DeviceObject): boolean => properties['vip'] !== null;
  return [
    ...objects.filter((object) => !isService(object)),
    ...services.filter((object) => !holdsAddress(object)),
    ...services.filter(holdsAddress),
  ];
}

function isMadeByDevice(object: DeviceObject): boolean {
  return OBJECT_TYPES[object.type].life === 'implicit';
}

/** The object that it comes and goes with is made and removed; it is only modified. */
function isAttached(object: DeviceObject): boolean {
  return OBJECT_TYPES[object.type].life === 'attached';
}
