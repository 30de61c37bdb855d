// `?options=records add { k { data v } }`: edits of single records of a data group (iControl REST 2.2).
import type { ConfigEditor } from '../engine/config-editor.ts';
import { alreadyExists, notFound, validationError } from '../errors.ts';
import { isJsonObject, type JsonObject, scalarText } from '../json.ts';
import type { ConfigRecord } from '../store/record.ts';

const EDIT = /^records\s+(add|modify|delete|replace-all-with)\s+\{([\s\S]*)\}$/;

interface RecordEdit {
  name: string;
  data?: string;
}

/** `k4 { data v4 } k5` to records; quotes hold blanks. */
function parseRecords(text: string): RecordEdit[] {
  const tokens: string[] = text.match(/"(?:[^"\\]|\\.)*"|[{}]|[^\s{}]+/g) ?? [];
  const unquote = (token: string): string => token.replace(/^"([\s\S]*)"$/, '$1');
  const edits: RecordEdit[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const name = unquote(tokens[index] ?? '');
    if (name === '{' || name === '}') throw validationError(`"${text.slice(0, 80)}" syntax error`);
    if (tokens[index + 1] !== '{') {
      edits.push({ name });
      continue;
    }
    const end = tokens.indexOf('}', index);
    if (end < 0) throw validationError('braces are not balanced');
    const inner = tokens.slice(index + 2, end).map(unquote);
    const at = inner.indexOf('data');
    edits.push(at < 0 ? { name } : { name, data: inner[at + 1] ?? '' });
    index = end;
  }
  return edits;
}

function applyEdit(
  records: Map<string, JsonObject>,
  action: string,
  { name, data }: RecordEdit,
  group: ConfigRecord,
): void {
  const className = `class ${scalarText(group.fields['type'])} item`;
  const id = `${group.fullPath} ${name}`;
  if (action === 'add' && records.has(name)) throw alreadyExists(className, id, group.partition);
  if (action !== 'add' && action !== 'replace-all-with' && !records.has(name))
    throw notFound(className, id);
  if (action === 'delete') records.delete(name);
  else records.set(name, { name, data: data ?? '' });
}

export function editRecords(
  editor: ConfigEditor,
  group: ConfigRecord,
  options: string,
): ConfigRecord {
  const match = EDIT.exec(options.trim());
  if (match === null) throw validationError(`"${options.slice(0, 80)}" unexpected argument`);
  const action = match[1] ?? '';
  const stored = group.fields['records'];
  const current = Array.isArray(stored) && action !== 'replace-all-with' ? stored : [];
  const records = new Map(
    current.filter(isJsonObject).map((entry) => [scalarText(entry['name']), entry] as const),
  );
  for (const edit of parseRecords(match[2] ?? '')) applyEdit(records, action, edit, group);
  return editor.modify(group, { records: [...records.values()] }, 'patch');
}
