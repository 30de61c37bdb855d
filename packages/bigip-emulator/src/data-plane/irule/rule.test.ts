import { describe, expect, it } from 'vitest';
import { Headers } from '../http/headers.ts';
import { newDecision, type Transaction } from '../http/transaction.ts';
import { compileRule, newRuleSession, RuleSet } from './rule.ts';
import { RuleRuntimeError } from './rule-context.ts';

const CLIENT = {
  remoteAddress: '10.0.0.7',
  remotePort: 4711,
  localAddress: '10.0.0.1',
  localPort: 443,
  tls: null,
};

function run(body: string, target = '/path?q=1'): Transaction {
  const transaction: Transaction = {
    client: CLIENT,
    request: { method: 'GET', target, version: '1.1', headers: new Headers(['Host', 'a.org:443']) },
    response: null,
    server: null,
    decision: newDecision(),
  };
  const host = { virtualPath: '/T/vs', dataGroups: {}, activeMembers: () => 2 };
  const rules = new RuleSet([{ path: '/T/r', definition: `when HTTP_REQUEST {\n${body}\n}` }]);
  expect(rules.notExecuted).toEqual([]);
  rules.run('HTTP_REQUEST', newRuleSession(host, CLIENT), transaction);
  return transaction;
}

/** Value of an expression as a rule sees it. */
function value(expression: string): string {
  return run(`HTTP::header insert X ${expression}`).request.headers.get('X') ?? '';
}

describe('iRules', () => {
  it.each([
    ['[expr {1 + 2 * 3}]', '7'],
    ['[expr {(1 + 2) * 3 == 9 && "b" > "a"}]', '1'],
    ['[expr {"a.b" matches_regex "^a\\\\.b$"}]', '1'],
    ['[expr {"image.png" matches_glob "*.png"}]', '1'],
    ['[expr {not ("x" eq "y") and 10 > 9}]', '1'],
    ['[string range "abcdef" 1 end-1]', 'bcde'],
    ['[getfield [HTTP::host] ":" 1]', 'a.org'],
    ['"[IP::client_addr]:[TCP::client_port]"', '10.0.0.7:4711'],
    ['[HTTP::path]', '/path'],
    ['[active_members web]', '2'],
    ['"a\\tb\\[c\\]"', 'a\tb[c]'],
    ['{$not [substituted]}', '$not [substituted]'],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  it('leave the rest of an event with return, and branch', () => {
    const { decision } = run(`
      set kind [string tolower [HTTP::method]]
      if { $kind eq "post" } { reject } elseif { $kind eq "get" } { pool one; return } else { reject }
      pool two`);
    expect(decision).toMatchObject({ pool: '/T/one', isReset: false });
  });

  it('switch by pattern, sharing bodies', () => {
    const body = 'switch -glob [HTTP::path] { "/a*" - "/p*" { pool hit } default { pool miss } }';
    expect(run(body).decision.pool).toBe('/T/hit');
    expect(run(body, '/z').decision.pool).toBe('/T/miss');
  });

  it.each([
    ['{", " ","} "a, b,c"', 'a,b,c'],
    ['{a 1 ab 2} "abab"', '1b1b'],
    ['{ab 2 a 1} "aba"', '21'],
    ['{{x y} -} "ax yb"', 'a-b'],
  ])('string map %s', (args, expected) => {
    const { decision } = run(`HTTP::respond 200 content [string map ${args}]`);
    expect(decision.reply).toMatchObject({ body: expected });
  });

  it('continue over line ends and comments', () => {
    const { decision } = run(
      '# a comment; reject\nHTTP::respond 503 \\\n  content "busy" Retry-After 60',
    );
    expect(decision.reply).toEqual({ status: 503, body: 'busy', headers: [['Retry-After', '60']] });
  });

  it.each([
    ['an unknown command', 'when HTTP_REQUEST { table set a b }'],
    ['an unknown command deep inside', 'when HTTP_REQUEST { if { 1 } { set a [b64encode x] } }'],
    ['a command of the language itself', 'when HTTP_REQUEST { constructor }'],
    ['an unknown event', 'when HTTP_REQUEST_DATA { return }'],
    ['code outside events', 'proc x {} {}'],
    ['a missing brace', 'when HTTP_REQUEST { if { 1 } {'],
    ['a computed command name', 'when HTTP_REQUEST { $x y }'],
  ])('are refused as a whole for %s', (_title, definition) => {
    expect(compileRule(definition).problem).toEqual(expect.any(String));
  });

  it('fail when they read what is not there', () => {
    expect(() => run('set a $missing')).toThrow(RuleRuntimeError);
    expect(() => run('HTTP::header insert X "a\\r\\nEvil: 1"')).toThrow(RuleRuntimeError);
  });
});
