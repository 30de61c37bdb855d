// sys/application: iApp templates and the services made from them (iControl REST 6.20). The implementation's
// Tcl is kept and not run; a service owns its folder and goes with it.
import { notFound } from '../../errors.ts';
import { asString, type JsonObject } from '../../json.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import { choice, constant, text, trueFalse, verbatim } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType } from '../../schema/types.ts';

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

/** `/T1/svc` lives in the folder `/T1/svc.app`. */
const serviceType = defineType({
  path: 'sys/application/service',
  className: 'application service',
  fields: {
    deviceGroup: text({ default: 'none' }),
    'execute-action': text({ access: 'write-only' }),
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
    removed: (record, context) => {
      const folder = nameKey('sys/folder', `/${record.partition ?? ''}/${record.name}.app`);
      for (const owned of context.store.referrers(folder)) context.remove(owned);
      const emptied = context.store.find(folder);
      if (emptied !== undefined) context.remove(emptied);
    },
  },
});

export const applicationTypes: ObjectType[] = [templateType, serviceType];
