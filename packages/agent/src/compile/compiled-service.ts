// What a service definition compiles to.
import type { DeviceObject, ObjectKey, Owner } from '../object-types/device-object.ts';

/** A part of the service that cannot be put on a device; the object goes to ERROR with the reason. */
export interface CompileProblem {
  owner: Owner;
  reason: string;
  /** What is on the device for the owner stays as it is: better old than nothing. */
  keepsOld?: true;
}

/** Whom an object stands for; several where one object carries the parts of many. */
export type Claims = ReadonlyMap<ObjectKey, readonly Owner[]>;

export interface CompiledService {
  partition: string;
  /** Exactly the objects that should exist for the service, without partition and nodes. */
  objects: readonly DeviceObject[];
  /**
   * All that may exist on a device for this service, and what each stands for. What is claimed and not among
   * `objects` is to go; members of a claimed pool are claimed with it.
   */
  claims: Claims;
  /** Networks are in it, so it does not go with the last load balancer's objects. */
  keepsPartition?: boolean;
  problems: readonly CompileProblem[];
  /** What belongs to them stays on the device as it is, because what they are part of cannot be put there. */
  untouched?: readonly Owner[];
}
