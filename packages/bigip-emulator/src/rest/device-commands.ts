// Commands on one device: save and load, crypto install, policies' drafts, statistics, the shell
// (iControl REST 3, 6.15, 6.19, 6.22).
import type { EmulatedDevice } from '../device/emulated-device.ts';
import type { ConfigEngine } from '../engine/config-engine.ts';
import { configurationError, validationError } from '../errors.ts';
import { asString, isJsonObject, type JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import { uidOf } from '../store/record.ts';
import { runShell } from '../shell/bash.ts';
import { mergeConfiguration } from '../shell/tmsh.ts';
import { createDraft, publishDraft } from '../tables/ltm/policy-drafts.ts';
import type { CommandHandler } from './commands.ts';
import { findRecord } from './config-reads.ts';
import { parseResourcePath } from './resource-path.ts';

/** The configuration is durable after every change: saving has nothing left to do. */
function configCommands(device: EmulatedDevice): CommandHandler {
  return ({ path, body }) => {
    if (path !== 'sys/config') return undefined;
    if (body['command'] === 'load') loadConfiguration(device, body);
    else if (body['command'] !== 'save')
      throw validationError('sys/config: expected one of the following: load, save');
    return {};
  };
}

/** `{"command":"load","options":[{"file":"…","merge":true}]}`, or `"name":"default"`. */
function loadConfiguration(device: EmulatedDevice, body: JsonObject): void {
  if (body['name'] === 'default') {
    device.resetConfiguration();
    return;
  }
  const options = Array.isArray(body['options']) ? body['options'].filter(isJsonObject) : [];
  const file = options.map((option) => asString(option['file'])).find((name) => name !== undefined);
  if (file === undefined) return;
  checkReadable(device.engine, file);
  mergeConfiguration(device.shell, file);
}

/** Files outside the listed directories are refused from 12.1 on (iControl REST 6.22). */
function checkReadable({ store, reader, runtime }: ConfigEngine, file: string): void {
  if (!runtime.version.atLeast('12.1')) return;
  const settings = store.find(nameKey('sys/global-settings', ''));
  const listed = settings && reader.values(settings)['fileWhitelistPathPrefix'];
  const prefixes = [...(asString(listed) ?? '').matchAll(/\{([^}]*)\}/g)].map(
    (match) => match[1] ?? '',
  );
  if (prefixes.some((prefix) => file.startsWith(prefix))) return;
  throw configurationError(
    `The file path (${file}) is not in the list of allowed paths (file-whitelist-path-prefix).`,
  );
}

/** `POST sys/crypto/{key,cert} {"command":"install"}` makes or replaces a file object. */
function installCrypto({ engine }: EmulatedDevice): CommandHandler {
  return ({ path, body }) => {
    const kind = /^sys\/crypto\/(key|cert)$/.exec(path)?.[1];
    if (kind === undefined || body['command'] !== 'install') return undefined;
    const name = asString(body['name']) ?? '';
    const file = asString(body['from-local-file']);
    if (name === '' || file === undefined)
      throw validationError('"name" and "from-local-file" must be specified');
    const suffix = kind === 'key' ? '.key' : '.crt';
    const full = name.startsWith('/') ? name : `/Common/${name}`;
    const target = full.endsWith(suffix) ? full : `${full}${suffix}`;
    const type = `sys/file/ssl-${kind}`;
    const sourcePath = `file:${file}`;
    engine.change((editor) => {
      const existing = engine.store.get(uidOf(type, [target]));
      if (existing === undefined) editor.create(type, [], { name: target, sourcePath });
      else editor.modify(existing, { sourcePath }, 'patch');
    });
    return {};
  };
}

function policyCommands({ engine }: EmulatedDevice): CommandHandler {
  return ({ path, body, request, segments }) => {
    if (path === 'ltm/policy' && body['command'] === 'publish') {
      engine.change((editor) => publishDraft(editor, asString(body['name']) ?? ''));
      return {};
    }
    if (request.method !== 'PATCH' || body['createDraft'] !== true) return undefined;
    const target = parseResourcePath(engine.schema, segments);
    if (target?.type.path !== 'ltm/policy' || target.isCollection) return undefined;
    const draft = engine.change((editor) => createDraft(editor, findRecord(engine, target)));
    return engine.reader.item(draft);
  };
}

function resetStats(device: EmulatedDevice): CommandHandler {
  return ({ body, segments }) => {
    if (body['command'] !== 'reset-stats') return undefined;
    const target = parseResourcePath(device.engine.schema, segments);
    if (target === undefined) return undefined;
    device.stats.reset(target.isCollection ? undefined : findRecord(device.engine, target));
    return {};
  };
}

function shell(device: EmulatedDevice): CommandHandler {
  return ({ path, body }) => {
    const tool = /^util\/(bash|unix-rm|unix-mv|unix-ls)$/.exec(path)?.[1];
    if (tool === undefined || body['command'] !== 'run') return undefined;
    const output = runShell(tool, asString(body['utilCmdArgs']) ?? '', device.shell);
    return output === '' ? {} : { commandResult: output };
  };
}

/** `{"command":"save","name":"a.ucs"}` notes an archive; there is nothing to restore one into. */
function archive({ engine }: EmulatedDevice): CommandHandler {
  return ({ path, body }) => {
    if (path !== 'sys/ucs' || body['command'] === undefined) return undefined;
    if (body['command'] !== 'save') {
      throw validationError('sys/ucs: this emulator saves archives and does not load them');
    }
    const name = (asString(body['name']) ?? '').replace(/^.*\//, '').replace(/(\.ucs)?$/, '.ucs');
    if (!engine.store.hasName(nameKey('sys/ucs', name))) {
      engine.change((editor) => editor.create('sys/ucs', [], { name }));
    }
    return {};
  };
}

/** `cm/device` mv renames only on a real box; here names are the devices' identity. */
function renameDevice({ engine }: EmulatedDevice): CommandHandler {
  return ({ path, body }) => {
    if (path !== 'cm/device' || body['command'] !== 'mv') return undefined;
    const known = engine.store.hasName(
      nameKey('cm/device', `/Common/${asString(body['name']) ?? ''}`),
    );
    if (!known || body['name'] !== body['target']) {
      throw validationError('cm/device: this emulator cannot rename a device');
    }
    return {};
  };
}

export function deviceCommands(device: EmulatedDevice): CommandHandler[] {
  return [
    configCommands(device),
    installCrypto(device),
    policyCommands(device),
    resetStats(device),
    archive(device),
    shell(device),
    renameDevice(device),
  ];
}
