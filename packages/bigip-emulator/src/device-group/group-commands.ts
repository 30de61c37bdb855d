// config-sync and failover by command (iControl REST 6.21, 6.22, 8.3).
import { configurationError, validationError } from '../errors.ts';
import { asString, isJsonObject, type JsonObject } from '../json.ts';
import type { CommandCall, CommandHandler } from '../rest/commands.ts';

export interface GroupActions {
  push(): void;
  pull(): void;
  groupPath(): string | undefined;
  /** @param trafficGroup full path; undefined = all */
  standby(trafficGroup: string | undefined): void;
  setForcedOffline(isForced: boolean): void;
}

const SYNC = /^config-sync\s+(?:force-full-load-push\s+)?(to-group|from-group)\s+(\S+)$/;

function syncArguments(body: JsonObject): { direction: string; group: string } | undefined {
  const match = SYNC.exec(asString(body['utilCmdArgs'])?.trim() ?? '');
  if (match !== null) return { direction: match[1] ?? '', group: match[2] ?? '' };
  const options = Array.isArray(body['options']) ? body['options'].filter(isJsonObject) : [];
  for (const option of options) {
    for (const direction of ['to-group', 'from-group']) {
      const group = asString(option[direction]);
      if (group !== undefined) return { direction, group };
    }
  }
  return undefined;
}

function configSync(actions: GroupActions): CommandHandler {
  return ({ path, body }) => {
    const isSync = path === 'cm' || path === 'cm/config-sync';
    if (!isSync || body['command'] !== 'run') return undefined;
    const wanted = syncArguments(body);
    if (wanted === undefined) throw validationError('unexpected argument to config-sync');
    const group = wanted.group.startsWith('/') ? wanted.group : `/Common/${wanted.group}`;
    if (group !== actions.groupPath()) {
      throw configurationError(`Device group (${wanted.group}) not found in device group sync`);
    }
    if (wanted.direction === 'to-group') actions.push();
    else actions.pull();
    return {};
  };
}

function trafficGroup(call: CommandCall): string | undefined {
  const args = asString(call.body['utilCmdArgs']) ?? '';
  const name = /traffic-group\s+(\S+)/.exec(args)?.[1] ?? asString(call.body['trafficGroup']);
  if (name === undefined) return undefined;
  return name.startsWith('/') ? name : `/Common/${name}`;
}

function failover(actions: GroupActions): CommandHandler {
  return (call) => {
    const { path, body } = call;
    if (path !== 'sys/failover' || body['command'] !== 'run') return undefined;
    const args = asString(body['utilCmdArgs'])?.trim().split(/\s+/)[0];
    const wanted = args ?? ['standby', 'offline', 'online'].find((name) => body[name] === true);
    if (wanted === 'standby') actions.standby(trafficGroup(call));
    else if (wanted === 'offline') actions.setForcedOffline(true);
    else if (wanted === 'online') actions.setForcedOffline(false);
    else throw validationError('expected one of the following: standby, offline, online');
    return {};
  };
}

export function groupCommands(actions: GroupActions): CommandHandler[] {
  return [configSync(actions), failover(actions)];
}
