// sys/application: iApp templates and the services made from them (iControl REST 6.20). A service owns its folder and
// what its template's script makes; both go with it.
import { notFound } from '../../errors.ts';
import { DEFINITION, runImplementation } from '../../iapp/run-implementation.ts';
import { ownedBy } from '../../iapp/owned-objects.ts';
import { asString, type JsonObject } from '../../json.ts';
import { APPLICATION_SERVICE } from '../../schema/app-service.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import { choice, constant, integer, text, trueFalse, verbatim } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType } from '../../schema/types.ts';
import { recordUid, type ConfigRecord } from '../../store/record.ts';

const anything = (): Field => ({ parse: (input) => input });

const actions: SubcollectionEntry = {
  path: 'actions',
  naming: 'plain',
  className: 'application template action',
  description: false,
  fields: {
    htmlHelp: verbatim(),
    implementation: verbatim(),
    macro: verbatim(),
    presentation: verbatim(),
    roleAcl: anything(),
    runAs: text(),
  },
};

/** `actions: {definition: {…}}` becomes the list that subcollections are given as. */
function listActions(body: JsonObject): JsonObject {
  const sent = body['actions'];
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent) || 'items' in sent)
    return body;
  const items = Object.entries(sent).map(([name, action]) =>
    typeof action === 'object' && !Array.isArray(action) ? { name, ...action } : { name },
  );
  return { ...body, actions: items };
}

const templateType = defineType({
  path: 'sys/application/template',
  className: 'application template',
  fields: {
    ignoreVerification: trueFalse('false'),
    prerequisiteErrors: text(),
    requiresBigipVersionMax: text({ default: 'none' }),
    requiresBigipVersionMin: text({ default: 'none' }),
    requiresModules: anything(),
    totalSigningStatus: constant('not-all-signed'),
    verificationStatus: constant('none'),
  },
  subcollections: [actions],
  rules: { prepare: listActions, prepareChange: listActions },
});

/** Counts the runs of the script, so that asking for one is a change whatever else the body says. */
const RUNS = 'executions';

/** `{"execute-action":"definition"}` */
function countRun(body: JsonObject, record: ConfigRecord): JsonObject {
  if (!('execute-action' in body)) return body;
  return { ...body, [RUNS]: Number(record.fields[RUNS] ?? 0) + 1 };
}

/** `/T1/svc` lives in the folder `/T1/svc.app`. */
const serviceType = defineType({
  path: APPLICATION_SERVICE,
  className: 'application service',
  fields: {
    deviceGroup: text({ default: 'none' }),
    'execute-action': text({ access: 'write-only' }),
    [RUNS]: integer(0, Number.MAX_SAFE_INTEGER, { access: 'write-only' }),
    inheritedDevicegroup: trueFalse('true'),
    inheritedTrafficGroup: trueFalse('true'),
    lists: anything(),
    metadata: anything(),
    strictUpdates: choice(['enabled', 'disabled'], { default: 'enabled' }),
    tables: anything(),
    template: reference('sys/application/template', {
      missing: (path) => notFound('application template', path),
    }),
    templateModified: constant('no'),
    trafficGroup: reference('cm/traffic-group', { default: '/Common/traffic-group-1' }),
    variables: anything(),
  },
  rules: {
    prepare: (body, context) => {
      const name = asString(body['name']) ?? '';
      const partition = name.startsWith('/')
        ? (name.split('/')[1] ?? 'Common')
        : (asString(body['partition']) ?? 'Common');
      const plain = name.split('/').at(-1) ?? name;
      const folder = `/${partition}/${plain}.app`;
      if (!context.store.hasName(nameKey('sys/folder', folder))) {
        context.create('sys/folder', [], { name: folder });
      }
      return { ...body, name: `${folder}/${plain}` };
    },
    created: (record, context) => {
      runImplementation(record, DEFINITION, context);
    },
    prepareChange: countRun,
    changed: (record, before, context) => {
      if (record.fields[RUNS] === before.fields[RUNS]) return;
      const action = asString(record.fields['execute-action']) ?? DEFINITION;
      runImplementation(record, action, context);
    },
    removed: (record, context) => {
      const folder = nameKey('sys/folder', `/${record.partition ?? ''}/${record.name}.app`);
      const inside = context.store.referrers(folder).filter(({ keys }) => keys.length === 1);
      for (const owned of [...ownedBy(context, record), ...inside]) {
        // What went with another object is gone already.
        if (context.store.get(recordUid(owned)) !== undefined) context.remove(owned);
      }
      const emptied = context.store.find(folder);
      if (emptied !== undefined) context.remove(emptied);
    },
  },
});

export const applicationTypes: ObjectType[] = [templateType, serviceType];
