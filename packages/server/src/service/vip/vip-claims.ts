// Claims on VIP ports: stored before Neutron is asked for a port, and settled in the transaction that stores what
// owns it. A claim that stays is what a process left that died in between; `takeBackVipClaims` removes its port.
// Invariant: a claim is either settled or abandoned, never both, so no stored VIP loses its port.
import type { NeutronPort } from '@f5-lbaas/model';
import { isoNow, toError, type Clock, type Logger } from '@f5-lbaas/platform';
import type { Repositories, Storage, VipClaimRow } from '@f5-lbaas/storage';

import type { NeutronClient } from '../../neutron/neutron-client.ts';
import { refuse } from '../refusals.ts';

interface ClaimDeps {
  storage: Storage;
  clock: Clock;
}

export interface TakeBackDeps extends ClaimDeps {
  neutron: NeutronClient;
  logger: Logger;
  /** Claims that are older belong to nobody any more. */
  staleAfterMs: number;
}

export async function recordVipClaim(
  { storage, clock }: ClaimDeps,
  claim: Pick<VipClaimRow, 'id' | 'device_id' | 'user_port_id'>,
): Promise<void> {
  const row = { ...claim, abandoned: false, created_at: isoNow(clock) };
  await storage.transaction(({ vipClaims }) => vipClaims.insert(row));
}

/** There is no port, or it has been given back. */
export async function dropVipClaim({ storage }: ClaimDeps, id: string): Promise<void> {
  await storage.transaction(({ vipClaims }) => vipClaims.delete(id));
}

/**
 * Part of the transaction that stores the owner of the port.
 * @throws LbaasError when this took so long that the port is being taken back
 */
export async function settleVipClaim({ vipClaims }: Repositories, id: string): Promise<void> {
  const claim = await vipClaims.lock(id);
  if (claim === undefined || claim.abandoned) throw refuse('ERR_VIP_CLAIM_LOST', {});
  await vipClaims.delete(id);
}

/** Gives back the ports of stale claims. Never throws for one of them: it is tried again later. */
export async function takeBackVipClaims(deps: TakeBackDeps): Promise<void> {
  const { storage, clock, staleAfterMs, logger } = deps;
  const isStale = (row: VipClaimRow): boolean =>
    clock.nowMs() - Date.parse(row.created_at) >= staleAfterMs;
  for (const { id } of (await storage.read.vipClaims.list()).filter(isStale)) {
    const claim = await storage.transaction(({ vipClaims }) =>
      abandon(vipClaims, id, isStale, clock),
    );
    if (claim === undefined) continue;
    try {
      await takeBack(deps, claim);
    } catch (error) {
      const fields = { device_id: claim.device_id, error: toError(error).message };
      logger.warn(fields, 'VIP port that nothing owns could not be given back; it is tried again');
    }
  }
}

/** Whoever abandons it works on it, until it is stale again. @returns undefined: settled, or another server was faster */
async function abandon(
  vipClaims: Repositories['vipClaims'],
  id: string,
  isStale: (row: VipClaimRow) => boolean,
  clock: Clock,
): Promise<VipClaimRow | undefined> {
  const claim = await vipClaims.lock(id);
  if (claim === undefined || !isStale(claim)) return undefined;
  await vipClaims.update(id, { abandoned: true, created_at: isoNow(clock) });
  return claim;
}

async function takeBack(deps: TakeBackDeps, claim: VipClaimRow): Promise<void> {
  const { neutron, storage, logger } = deps;
  const ports = await neutron.listPorts({ device_id: claim.device_id });
  for (const port of ports) {
    // Written by a program that does not know claims.
    const owners = await storage.read.loadbalancers.list({ where: { vip_port_id: port.id } });
    if (owners.length > 0) continue;
    await giveBack(neutron, claim, port);
    const fields = { port_id: port.id, device_id: claim.device_id };
    logger.info(fields, 'VIP port of an unfinished creation given back');
  }
  await dropVipClaim(deps, claim.id);
}

async function giveBack(
  neutron: NeutronClient,
  { user_port_id: userPort }: VipClaimRow,
  port: NeutronPort,
): Promise<void> {
  if (userPort === null) await neutron.deletePort(port.id);
  else if (userPort === port.id)
    await neutron.updatePort(port.id, { device_id: '', device_owner: '' });
}
