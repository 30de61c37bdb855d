// docs/emulator.md as it has to be: every collection that the emulator's tables describe, what can be done with it, in
// which versions, and who checks it.
import { format, resolveConfig } from 'prettier';
import {
  TMOS_VERSIONS,
  tmosVersion,
} from '../../packages/bigip-emulator/src/schema/tmos-version.ts';
import type { ObjectType } from '../../packages/bigip-emulator/src/schema/types.ts';
import { LANGUAGE_COMMANDS } from '../../packages/bigip-emulator/src/tcl/commands/all.ts';
import { buildSchema } from '../../packages/bigip-emulator/src/versions/build-schema.ts';
import { markdownTable } from '../configuration-document/markdown-table.ts';
import { checkers } from './checked-by.ts';

export const DOCUMENT = new URL('../../docs/emulator.md', import.meta.url).pathname;

const INTRODUCTION = `# The emulated BIG-IP: what it knows

<!-- Written by \`npm run docs:emulator\` from the tables in the sources. Do not edit. -->

How to run and use it is in [its README](../packages/bigip-emulator/README.md). Here is what of iControl REST it answers.

"Checked by" names clients that use the collection against the emulator in CI: modules of Debian's
\`f5networks.f5_modules\` (created, changed, a second run without changes, removed: \`test/ansible\`), the agent of this
system, and the emulator's own tests. \`bigip_device_info\` reads all of it. Every collection answers GET with
\`$filter=partition eq P\`, \`$select\`, \`$top\`, \`$skip\`, \`expandSubcollections\` and \`/stats\`. A collection that nobody
checks has the engine's behaviour and its table's properties, which no client has confirmed.`;

const OTHER = [
  [
    '`shared/authn/login`, `shared/authz/tokens`',
    'tokens: login, list, extend, delete; from 12.0',
    'all modules, agent, tests',
  ],
  [
    '`tm/transaction`',
    'start, queue, reorder, remove, commit, `validateOnly`, `asyncExecution`',
    'agent, tests',
  ],
  [
    '`shared/file-transfer/{uploads,bulk,madm,downloads}`',
    'chunks up to 1 MiB',
    '`bigip_ssl_key`, `bigip_data_group`, agent, tests',
  ],
  [
    '`shared/iapp/package-management-tasks`',
    '`QUERY`; nothing is installed',
    '`bigip_device_info`, tests',
  ],
  [
    '`shared/echo`, `…/available`, `shared/identified-devices/config/device-info`',
    'readiness',
    '`bigip_wait`, tests',
  ],
  ['`sys/crypto/{cert,key}`', '`install`, list', 'tests'],
  ['`sys/config`', '`save`, `load` of a file or `default`', '`bigip_config`, tests'],
  [
    '`sys/{version,hardware,clock,memory,cpu,host-info,license,mcp-state,ha-status}`',
    'facts',
    '`bigip_device_info`, agent, tests',
  ],
  ['`sys/performance/all-stats`', 'text with real counts', 'agent'],
  [
    '`cm/{sync-status,failover-status}`, `cm/traffic-group/stats`, `sys/failover`, `cm` `config-sync`',
    'status and commands',
    '`bigip_device_info`, agent, tests',
  ],
  [
    '`util/{bash,unix-mv,unix-rm,unix-ls}`',
    'tmsh `list show create modify delete save load generate`, a few programs',
    '`bigip_command`, `bigip_config`, `bigip_iapp_template`, `bigip_monitor_external`, tests',
  ],
  [
    '`ltm/policy` `publish`, `createDraft`',
    'drafts from 12.1',
    '`bigip_policy`, `bigip_policy_rule`, tests',
  ],
];

const IAPPS = `## iApps

Creating an application service runs the implementation of its template, and so does \`PUT\` or \`PATCH\` with
\`"execute-action":"definition"\`; other changes are only noted. What the script creates belongs to the service
(\`appService\`) and lies in its folder unless it says otherwise. Run again, it changes what it creates again and loses what
it does not. All of it takes effect, or nothing. Strict updates keep others from changing what a service owns. DELETE
removes it; nodes stay, as everywhere.

The script has the variables, lists and tables of the service as global variables, \`$tmsh::app_name\`, these commands of Tcl:
${Object.keys(LANGUAGE_COMMANDS)
  .sort()
  .map((name) => `\`${name}\``)
  .join(', ')};
and of the device \`tmsh::create\`, \`modify\`, \`delete\`, \`get_config\`, \`get_field_value\`, \`get_name\`, \`get_type\`, \`pwd\`,
\`cd\`, \`version\`, \`log\`, \`log_dest\` and \`log_level\`, for the object types above. A script that needs another command fails, also
inside \`catch\`, and with it the request: "invalid command name ...: the emulator has no such command". So do packages, such
as \`iapp\`. A script that does not end is ended after 200 000 steps. \`puts\` and \`tmsh::log\` go nowhere. Presentations are kept and shown
only. Checked by the agent in its deployment mode \`iapp\`, and by tests.`;

const DIFFERENCES = `## Known differences from a device

- Trust between devices is set up when the emulator starts (\`--device-group\`); \`cm/add-to-trust\` and
  \`cm/remove-from-trust\` are not there, and a device cannot be renamed.
- A group made later with \`POST cm/device-group\` is kept as configuration; only the group of \`--device-group\` synchronises.
- Created again by the script of an application service, an object has the device's defaults where the script says nothing.
- AS3 and other packages are not installed: \`shared/appsvcs\` answers 404 as a device without them does.
- \`sys/ucs\` notes archives and cannot load them. Software images cannot be uploaded.
- Kinds of monitors other than http, https, tcp, tcp-half-open, udp, icmp and gateway-icmp, and profiles whose protocol the
  data plane does not speak, are kept and shown only.
- A vCMP guest keeps a VLAN that its host takes back, and gets none while it has one of the tag; the copy that it gets has name
  and tag only. What a real guest does there is not documented; clients must not rely on it. Guests do not run on their host's
  resources: both are devices of one emulator, told apart by \`guestOf\`.
- \`$filter\` other than \`partition eq P\` is refused with 400, so that a client's mistake shows.
- An empty collection has no \`items\`; an empty page (\`$top\`, \`$skip\`) has, as \`bigip_device_info\` needs.
- The condition property \`type\`, which \`bigip_policy_rule\` sends for header conditions, is taken and not kept.
- GTM, ASM, APM and AFM are not provisioned and their URIs are not registered.
- Wordings that no recording or client confirms follow the device's number and the general sense only.`;

function all(types: readonly ObjectType[]): ObjectType[] {
  return types.flatMap((type) => [type, ...all(type.subcollections)]);
}

function verbs({ naming, refuses }: ObjectType): string {
  const isRefused = (verb: ObjectType['refuses'][number]): boolean =>
    refuses.includes(verb) || (naming === 'singleton' && verb !== 'PATCH');
  const changes = isRefused('PATCH') ? [] : ['PATCH', 'PUT'];
  return [
    'GET',
    ...(isRefused('POST') ? [] : ['POST']),
    ...changes,
    ...(isRefused('DELETE') ? [] : ['DELETE']),
  ].join(' ');
}

/** Versions that have the collection: `all`, `from 13.1`, `up to 11.6`. */
function versionsOf(path: string): string {
  const having = TMOS_VERSIONS.filter(
    (version) => buildSchema(tmosVersion(version)).find(path) !== undefined,
  );
  if (having.length === TMOS_VERSIONS.length) return 'all';
  if (having.at(-1) === TMOS_VERSIONS.at(-1)) return `from ${having[0] ?? ''}`;
  return `up to ${having.at(-1) ?? ''}`;
}

/** Formatted as the rest of the documentation is. */
export async function emulatorDocument(): Promise<string> {
  const checkedBy = checkers();
  const found = new Map<string, ObjectType>();
  for (const version of TMOS_VERSIONS) {
    for (const type of all(buildSchema(tmosVersion(version)).types)) found.set(type.path, type);
  }
  const types = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const rows = types.map((type) => [
    `\`${type.path}\``,
    verbs(type),
    versionsOf(type.path),
    checkedBy(type.path).join(', '),
  ]);
  const parts = [
    INTRODUCTION,
    '## Collections',
    markdownTable(['collection', 'verbs', 'versions', 'checked by'], rows),
    '## Other resources',
    markdownTable(['resource', 'what', 'checked by'], OTHER),
    IAPPS,
    DIFFERENCES,
  ];
  const options = await resolveConfig(DOCUMENT);
  return format(parts.join('\n\n'), { ...options, parser: 'markdown' });
}
