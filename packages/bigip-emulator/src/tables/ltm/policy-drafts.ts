// Drafts of policies: copy a published one, publish a draft in its place (iControl REST 6.15).
import { configurationError, notFound } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import { nameKey } from '../../schema/schema.ts';
import type { RuleContext } from '../../schema/types.ts';
import { uidOf, type ConfigRecord } from '../../store/record.ts';
import { policyStatus } from './policy.ts';

const TYPE = 'ltm/policy';

/** Copies the rules of one policy, with conditions and actions, to another. */
function copyRules(from: ConfigRecord, to: ConfigRecord, context: RuleContext): void {
  for (const type of [`${TYPE}/rules`]) {
    for (const rule of context.store.list(type, from.keys)) copyTree(rule, to.keys, context);
  }
}

function copyTree(record: ConfigRecord, parentKeys: readonly string[], context: RuleContext): void {
  const keys = [...parentKeys, record.fullPath];
  context.work.put({ ...record, keys, generation: record.generation + 1 });
  for (const part of ['actions', 'conditions']) {
    for (const child of context.store.list(`${record.type}/${part}`, record.keys)) {
      context.work.put({ ...child, keys: [...keys, child.fullPath] });
    }
  }
}

function ensureFolder(path: string, context: RuleContext): void {
  if (!context.store.hasName(nameKey('sys/folder', path)))
    context.create('sys/folder', [], { name: path });
}

/** @throws DeviceError when there is a draft already */
export function createDraft(context: RuleContext, policy: ConfigRecord): ConfigRecord {
  if (policyStatus(policy) !== 'published') {
    throw configurationError(`Policy '${policy.fullPath}' is not a published policy.`);
  }
  const folder = policy.fullPath.slice(0, -policy.name.length - 1);
  ensureFolder(`${folder}/Drafts`, context);
  const { strategy = '/Common/first-match', requires = null, controls = null } = policy.fields;
  const declared = Object.entries({ strategy, requires, controls }).filter(
    ([, value]) => value !== null,
  );
  const draft = context.create(TYPE, [], { name: `${folder}/Drafts/${policy.name}` });
  copyRules(policy, draft, context);
  return context.update(draft, Object.fromEntries(declared));
}

/** @param name full path of the draft @throws DeviceError 404 */
export function publishDraft(context: RuleContext, name: string): void {
  const path = name.startsWith('/') ? name : `/Common/Drafts/${name}`;
  const draft = context.store.find(nameKey(TYPE, path));
  if (draft === undefined) throw notFound('policy', path);
  const target = path.replace('/Drafts/', '/');
  const body: JsonObject = { name: target, policyStatus: 'published' };
  const published = context.store.get(uidOf(TYPE, [target])) ?? createPublished(body, context);
  for (const rule of context.store.list(`${TYPE}/rules`, published.keys)) context.remove(rule);
  copyRules(draft, published, context);
  const lastModified = `${new Date(context.runtime.clock.nowMs()).toISOString().slice(0, 19)}Z`;
  context.update(published, { ...draft.fields, policyStatus: 'published', lastModified });
  context.remove(draft);
}

function createPublished(body: JsonObject, context: RuleContext): ConfigRecord {
  return context.create(TYPE, [], body);
}
