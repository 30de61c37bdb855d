// A service's networks as preparing left them, and what that means for the service. Pure.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { ownersOf, type NetworkNeeds } from '../../allocate/needs.ts';
import type { CompiledService, CompileProblem } from '../../compile/compiled-service.ts';
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import { ownerKey, type OwnerKey } from '../../plan/desired-partition.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';
import { pendingIn } from '../outcome.ts';

/** A service's networks as they now are. */
export interface PreparedNetworks {
  needs: NetworkNeeds;
  /** Devices on which the service can go on, with what compiling needs to know. */
  byDevice: ReadonlyMap<Device, ServiceNetworks>;
  /** What was missing on each device, as steps; also on those that get the service by config sync. */
  planned: ReadonlyMap<Device, readonly Step[]>;
  /** What has no network, and why. */
  problems: readonly CompileProblem[];
}

/** Whom the reasons concern. @param reasons by subnet id */
export function blamed(
  service: ServiceDefinition,
  { subnets }: NetworkNeeds,
  reasons: ReadonlyMap<string, string>,
): CompileProblem[] {
  return subnets.flatMap(({ subnet, isForVip, members }) => {
    const reason = reasons.get(subnet.id);
    if (reason === undefined) return [];
    return ownersOf(service, isForVip, members).map((owner) => ({ owner, reason }));
  });
}

/** Why nothing of the service can be made, by owner; undefined when it can. */
export function blockedBy(
  service: ServiceDefinition,
  { problems }: PreparedNetworks,
): Map<OwnerKey, string> | undefined {
  const cause = problems.find(({ owner }) => owner.kind === 'loadbalancers');
  if (cause === undefined) return undefined;
  const missing = pendingIn(service).map((key) => [key, `Not applied: ${cause.reason}`] as const);
  const reasons = problems.map(({ owner, reason }) => [ownerKey(owner), reason] as const);
  return new Map([...missing, ...reasons]);
}

/** What cannot be had for want of a network stays as it is. */
export function withProblems(
  compiled: CompiledService,
  prepared: PreparedNetworks | undefined,
): CompiledService {
  if (prepared === undefined || prepared.problems.length === 0) return compiled;
  return { ...compiled, problems: [...compiled.problems, ...prepared.problems] };
}
