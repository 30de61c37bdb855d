// Send and receive strings of monitors: the escape sequences users type, and the POSIX regular expressions.
// @see F5 K4186 (escape sequences), K5917 (regular expressions)

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Expands `\r \n \t ... \xHH \NNN`; a backslash before any other character stands for that character. */
export function expandEscapes(text: string): string {
  return text.replace(
    /\\(?:x([0-9A-Fa-f]{2})|([0-7]{3})|([\s\S]))/g,
    (_all, hex: string | undefined, octal: string | undefined, char: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return char === undefined ? '' : (NAMED[char] ?? char);
    },
  );
}

/**
 * What an HTTP monitor sends: escapes expanded, credentials added, and the blank line that ends the head supplied
 * when the user left it out, as the device does.
 */
export function httpProbeText(
  send: string,
  username: string | null,
  password: string | null,
): string {
  let text = expandEscapes(send);
  if (username !== null && username !== '') text = withBasicAuth(text, username, password ?? '');
  if (text.includes('\r\n\r\n')) return text;
  return text.endsWith('\r\n') ? `${text}\r\n` : `${text}\r\n\r\n`;
}

function withBasicAuth(text: string, username: string, password: string): string {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const lineEnd = text.indexOf('\r\n');
  const firstLine = lineEnd === -1 ? text : text.slice(0, lineEnd);
  const rest = lineEnd === -1 ? '\r\n' : text.slice(lineEnd + 2);
  return `${firstLine}\r\nAuthorization: Basic ${credentials}\r\n${rest}`;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** Searches a reply. An expression that does not compile is searched for as plain text. */
export function receiveMatcher(recv: string): (reply: string) => boolean {
  const source = recv.replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all);
  try {
    const pattern = new RegExp(source, 'm');
    return (reply) => pattern.test(reply);
  } catch {
    const plain = expandEscapes(recv);
    return (reply) => reply.includes(plain);
  }
}
