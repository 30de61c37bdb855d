// What iRules ask of a client's certificate.
import { tclQuoted } from './tcl.ts';

/** Condition of an iRule. */
export const HAS_CERTIFICATE = '[SSL::cert count] > 0';

export const CERTIFICATE_SUBJECT = '[X509::subject [SSL::cert 0]]';

/**
 * Expression for a field of the subject, `CN`, empty without it. A name that only ends like the field (`DC`, asked for `C`)
 * is another one. A value with a comma is cut off there.
 * @see F5 iRules X509::subject: `C=US,O=Biz` before TMOS 13.0, `O=Biz, C=US` since
 */
export function subjectField(name: string): string {
  const fields = `[string map {", " ","} ",${CERTIFICATE_SUBJECT}"]`;
  const start = `,${name}=`;
  return `[findstr ${fields} ${tclQuoted(start)} ${start.length} ","]`;
}
