// What an agent's report makes of a load balancer's rows. Pure: rows and report in, changes out.
// Rules: a report for revision R decides objects last changed at R or before; a requested delete is never
// taken back by a report, and nothing goes that was not asked to go; only the newest revision decides the
// load balancer, and it becomes ACTIVE only with nothing pending below it.
import {
  isPending,
  type LoadBalancer,
  type LoadBalancerTree,
  type OperatingStatus,
  type Resource,
  type ResourceKind,
} from '@f5-lbaas/model';
import type { ObjectReport } from '@f5-lbaas/rpc';
import { doomedIds } from '../../service-builder/emitted-status.ts';

type ChildKind = Exclude<ResourceKind, 'loadbalancers'>;
const CHILD_KINDS: readonly ChildKind[] = [
  'members',
  'healthmonitors',
  'pools',
  'l7rules',
  'l7policies',
  'listeners',
];

export interface Report {
  /** Revision that the agent worked on. */
  revision: number;
  objects: Partial<Record<ResourceKind, Record<string, ObjectReport>>>;
}

type RowChanges = Partial<
  Pick<Resource, 'provisioning_status' | 'operating_status' | 'status_reason'>
>;
type RootChanges = RowChanges & Partial<Pick<LoadBalancer, 'applied_revision' | 'pending_since'>>;

export interface Settlement {
  /** Changes per child row; only what differs. */
  children: { kind: ChildKind; id: string; changes: RowChanges }[];
  /** Child rows that go; what is below them goes with them. */
  removals: { kind: ChildKind; id: string }[];
  root: RootChanges;
  /** The load balancer is off the devices: only its VIP port and its rows remain to be removed. */
  rootGone: boolean;
  /** Outcomes that were not believed, for the log. */
  ignored: { kind: ResourceKind; id: string; why: string }[];
}

const NO_REASON = 'The agent reported a failure without a reason.';

/** @param now UTC ISO 8601 */
export function planSettlement(tree: LoadBalancerTree, report: Report, now: string): Settlement {
  const settlement: Settlement = {
    children: [],
    removals: [],
    root: {},
    rootGone: false,
    ignored: [],
  };
  const { loadbalancer } = tree;
  if (report.revision < loadbalancer.applied_revision || report.revision > loadbalancer.revision) {
    const why = `report for revision ${report.revision}, settled ${loadbalancer.applied_revision}, newest ${loadbalancer.revision}`;
    settlement.ignored.push({ kind: 'loadbalancers', id: loadbalancer.id, why });
    return settlement;
  }
  const doomed = doomedIds(tree);
  for (const kind of CHILD_KINDS) {
    for (const row of tree[kind]) {
      const outcome = report.objects[kind]?.[row.id];
      if (outcome !== undefined) settleChild(settlement, kind, row, { outcome, report, doomed });
    }
  }
  settleRoot(settlement, tree, report, now);
  return settlement;
}

interface ChildReport {
  outcome: ObjectReport;
  report: Report;
  doomed: ReadonlySet<string>;
}

function settleChild(
  settlement: Settlement,
  kind: ChildKind,
  row: Resource,
  { outcome, report, doomed }: ChildReport,
): void {
  const ignore = (why: string): void => void settlement.ignored.push({ kind, id: row.id, why });
  if (row.revision > report.revision) {
    ignore('changed since');
    return;
  }
  if (outcome.provisioning_status === 'DELETED') {
    if (doomed.has(row.id)) settlement.removals.push({ kind, id: row.id });
    else ignore('gone, but nobody asked for its deletion');
    return;
  }
  const changes = decided(row, outcome, doomed.has(row.id));
  if (changes === undefined) ignore(`${outcome.provisioning_status} does not fit`);
  const all = { ...changes, ...operating(row, outcome.operating_status) };
  if (Object.keys(all).length > 0) settlement.children.push({ kind, id: row.id, changes: all });
}

/** Undefined: the outcome cannot be. Empty: nothing changes. */
function decided(row: Resource, outcome: ObjectReport, doomed: boolean): RowChanges | undefined {
  const unsettled = isPending(row.provisioning_status) || row.provisioning_status === 'ERROR';
  if (outcome.provisioning_status === 'ERROR') {
    // What was accepted is on the device; a later hiccup does not make it refused.
    return unsettled ? failed(row, outcome.reason ?? NO_REASON) : undefined;
  }
  if (doomed) return undefined;
  return unsettled ? { provisioning_status: 'ACTIVE', status_reason: null } : {};
}

function failed(row: Resource, reason: string): RowChanges {
  const same = row.provisioning_status === 'ERROR' && row.status_reason === reason;
  return same ? {} : { provisioning_status: 'ERROR', status_reason: reason };
}

function operating(row: Resource, status: OperatingStatus | undefined): RowChanges {
  return status === undefined || status === row.operating_status
    ? {}
    : { operating_status: status };
}

function settleRoot(
  settlement: Settlement,
  tree: LoadBalancerTree,
  report: Report,
  now: string,
): void {
  const row = tree.loadbalancer;
  const outcome = report.objects.loadbalancers?.[row.id];
  if (outcome === undefined) {
    // Its own outcome may have come before that of the last child.
    if (row.applied_revision === row.revision) completeRoot(settlement, tree);
    return;
  }
  Object.assign(settlement.root, operating(row, outcome.operating_status));
  if (report.revision < row.revision) return;
  const { provisioning_status: status } = outcome;
  if (status === 'ERROR') failRoot(settlement, tree, outcome.reason ?? NO_REASON);
  else if ((status === 'DELETED') === row.delete_requested) {
    if (row.applied_revision !== row.revision) settlement.root.applied_revision = row.revision;
    if (row.delete_requested) finishRoot(settlement, row, now);
    else completeRoot(settlement, tree, true);
  } else {
    const why = `${status} does not fit`;
    settlement.ignored.push({ kind: 'loadbalancers', id: row.id, why });
  }
}

/** A deletion that ended in ERROR goes on: its last step has somebody responsible again. */
function finishRoot(settlement: Settlement, row: LoadBalancer, now: string): void {
  settlement.rootGone = true;
  if (isPending(row.provisioning_status)) return;
  Object.assign(settlement.root, {
    provisioning_status: 'PENDING_DELETE',
    status_reason: null,
    pending_since: now,
  });
}

/** @param lift also from ERROR: the newest revision is on the devices after all */
function completeRoot(settlement: Settlement, tree: LoadBalancerTree, lift = false): void {
  const { provisioning_status: status, delete_requested, pending_since } = tree.loadbalancer;
  const open = isPending(status) || (lift && status === 'ERROR');
  if (!open || delete_requested || hasPending(settlement, tree)) return;
  settlement.root.provisioning_status = 'ACTIVE';
  settlement.root.status_reason = null;
  if (pending_since !== null) settlement.root.pending_since = null;
}

/** A failure of the whole leaves nothing waiting below it. */
function failRoot(settlement: Settlement, tree: LoadBalancerTree, reason: string): void {
  const row = tree.loadbalancer;
  if (!isPending(row.provisioning_status) && row.provisioning_status !== 'ERROR') {
    settlement.ignored.push({ kind: 'loadbalancers', id: row.id, why: 'ERROR does not fit' });
    return;
  }
  Object.assign(settlement.root, failed(row, reason));
  if (row.applied_revision !== row.revision) settlement.root.applied_revision = row.revision;
  if (row.pending_since !== null) settlement.root.pending_since = null;
  for (const { kind, row: child } of pendingChildren(settlement, tree)) {
    settlement.children.push({ kind, id: child.id, changes: failed(child, reason) });
  }
}

function hasPending(settlement: Settlement, tree: LoadBalancerTree): boolean {
  return pendingChildren(settlement, tree).length > 0;
}

/** Children still pending once the settlement is carried out. */
function pendingChildren(
  settlement: Settlement,
  tree: LoadBalancerTree,
): { kind: ChildKind; row: Resource }[] {
  const gone = removedIds(tree, new Set(settlement.removals.map(({ id }) => id)));
  const settled = new Set(
    settlement.children
      .filter(({ changes }) => changes.provisioning_status !== undefined)
      .map(({ id }) => id),
  );
  return CHILD_KINDS.flatMap((kind) =>
    tree[kind]
      .filter((row) => isPending(row.provisioning_status))
      .filter((row) => !gone.has(row.id) && !settled.has(row.id))
      .map((row) => ({ kind, row })),
  );
}

/** The removed rows and everything below them. */
function removedIds(tree: LoadBalancerTree, removed: ReadonlySet<string>): ReadonlySet<string> {
  const marked = <Row extends Resource>(rows: readonly Row[]): Row[] =>
    rows.map((row) => ({ ...row, delete_requested: removed.has(row.id) }));
  return doomedIds({
    loadbalancer: { ...tree.loadbalancer, delete_requested: false },
    listeners: marked(tree.listeners),
    pools: marked(tree.pools),
    members: marked(tree.members),
    healthmonitors: marked(tree.healthmonitors),
    l7policies: marked(tree.l7policies),
    l7rules: marked(tree.l7rules),
  });
}

/** Everything unfinished ends in ERROR: nobody reported on it within the deadline. */
export function planExpiry(tree: LoadBalancerTree, reason: string): Settlement {
  const settlement: Settlement = {
    children: [],
    removals: [],
    root: {},
    rootGone: false,
    ignored: [],
  };
  for (const { kind, row } of pendingChildren(settlement, tree)) {
    settlement.children.push({ kind, id: row.id, changes: failed(row, reason) });
  }
  const { loadbalancer } = tree;
  Object.assign(settlement.root, failed(loadbalancer, reason), {
    pending_since: null,
    // The newest revision stays unsettled, so that it is tried again when the agent returns.
    applied_revision: Math.min(loadbalancer.applied_revision, loadbalancer.revision - 1),
  });
  return settlement;
}
