// An object as `tmsh list` prints it: what was set, in tmsh's spelling.
import type { ConfigEngine } from '../engine/config-engine.ts';
import { isJsonObject, scalarText, type Json } from '../json.ts';
import type { ConfigRecord } from '../store/record.ts';
import { kebabCase } from './tmsh-body.ts';

function quoted(text: string): string {
  return text === '' || /[\s"{};#]/.test(text) ? `"${text.replace(/(["\\])/g, '\\$1')}"` : text;
}

function lines(name: string, value: Json, indent: string): string {
  const label = `${indent}${kebabCase(name)}`;
  if (Array.isArray(value)) {
    const items = value.map((item) => (isJsonObject(item) ? item['name'] : item));
    return `${label} { ${items.map((item) => quoted(scalarText(item))).join(' ')} }\n`;
  }
  if (isJsonObject(value)) {
    const inner = Object.entries(value).map(([key, item]) => lines(key, item, `${indent}    `));
    return `${label} {\n${inner.join('')}${indent}}\n`;
  }
  if (value === true) return `${label}\n`;
  return `${label} ${quoted(scalarText(value))}\n`;
}

function body(engine: ConfigEngine, record: ConfigRecord, indent: string): string {
  const type = engine.schema.type(record.type);
  const shown = engine.reader.shown(record);
  const set = Object.keys(record.fields).filter((name) => shown[name] !== undefined);
  let text = set
    .sort()
    .map((name) => lines(name, shown[name] ?? '', indent))
    .join('');
  for (const sub of type.subcollections) {
    const items = engine.reader.sorted(engine.store.list(sub.path, record.keys));
    if (items.length === 0) continue;
    const inner = items.map((item) => {
      const content = body(engine, item, `${indent}        `);
      const head = `${indent}    ${item.name}`;
      return content === '' ? `${head} { }\n` : `${head} {\n${content}${indent}    }\n`;
    });
    text += `${indent}${kebabCase(sub.property)} {\n${inner.join('')}${indent}}\n`;
  }
  return text;
}

export function listing(engine: ConfigEngine, record: ConfigRecord): string {
  const type = engine.schema.type(record.type);
  const name =
    type.naming === 'singleton'
      ? ''
      : ` ${record.partition === 'Common' && record.subPath === null ? record.name : record.fullPath}`;
  // The text of an iRule is its body.
  const script = record.fields['apiAnonymous'];
  const content =
    typeof script === 'string' ? `${script.trimEnd()}\n` : body(engine, record, '    ');
  return `${type.path.replaceAll('/', ' ')}${name} {\n${content}}\n`;
}
