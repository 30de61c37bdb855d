// What a service's variables, lists and tables are to its script (iControl REST 6.20). A row of a table is a list of
// one element, text with a line for each column as tmsh prints it; `array set columns [lindex $row 0]` reads it.
import { isJsonObject, isStringArray, scalarText, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../tcl/list.ts';

function items(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A word as tmsh prints it, which is a list element of Tcl as well. */
function word(text: string): string {
  if (text !== '' && !/[\s"{}[\];#\\$]/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function row(columns: readonly string[], cells: readonly Json[]): string {
  const lines = columns.map((column, index) => `    ${column} ${word(scalarText(cells[index]))}`);
  return listOf([`\n${lines.join('\n')}\n`]);
}

function table(value: JsonObject): string {
  const columns = isStringArray(value['columnNames']) ? value['columnNames'] : [];
  return listOf(
    items(value['rows']).map(({ row: cells }) => row(columns, Array.isArray(cells) ? cells : [])),
  );
}

/** Global variables of the script, by name. */
export function serviceVariables(fields: Readonly<JsonObject>): Map<string, string> {
  const found = new Map<string, string>();
  for (const one of items(fields['variables'])) {
    found.set(scalarText(one['name']), scalarText(one['value']));
  }
  for (const one of items(fields['lists'])) {
    const values = Array.isArray(one['value']) ? one['value'] : [];
    found.set(scalarText(one['name']), listOf(values.map(scalarText)));
  }
  for (const one of items(fields['tables'])) found.set(scalarText(one['name']), table(one));
  return found;
}
