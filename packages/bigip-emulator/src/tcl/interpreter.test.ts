// What scripts come to. The expected values are those of tclsh 8.6.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGE_COMMANDS } from './commands/all.ts';
import { TclError, TooLongError, UnsupportedCommandError } from './errors.ts';
import { Interpreter } from './interpreter.ts';
import { elementsOf, listOf } from './list.ts';

const run = (script: string): string => new Interpreter([LANGUAGE_COMMANDS]).run(script);

const VALUES: Record<string, [script: string, value: string][]> = {
  expressions: [
    ['set a 3; expr {$a * (2 + 4) - 7 / -2}', '22'],
    ['expr {-7 % 3}', '2'],
    ['expr {7.0 / 2}', '3.5'],
    ['expr {1e3 + 1}', '1001.0'],
    ['expr {"abc" < "abd" && 10 > 9}', '1'],
    ['expr {"10" == "10.0"}', '1'],
    ['expr {"10" eq "10.0"}', '0'],
    ['expr {1 ? 2 : [error never]}', '2'],
    ['expr {0 && [error never]}', '0'],
    ['expr {!0 && ~5 == -6}', '1'],
    ['expr {0x1f + 010}', '39'],
    ['expr {1 << 4 | 3}', '19'],
    ['expr {int(3.9) + round(2.5)}', '6'],
    ['expr {"a" in {a b}}', '1'],
    ['expr 1 + 2', '3'],
  ],
  substitution: [
    ['set n x; set a 5; subst {[set a]-$n\\t}', '5-x\t'],
    ['set s {a $b [c]}; set s', 'a $b [c]'],
    ['set v "a\\x41\\n"; string length $v', '3'],
    ['set x(1,2) ok; set i 1; set x($i,2)', 'ok'],
    ['set ::ns::v 4; set x "<$::ns::v>"', '<4>'],
    ['# comment \\\n continued\nset z 1 ;# behind', '1'],
  ],
  control: [
    ['set x {}; foreach {k v} {a 1 b 2 c} {append x "$k=$v;"}; set x', 'a=1;b=2;c=;'],
    ['foreach a {1 2 3} b {x y} {lappend r $a$b}; set r', '1x 2y 3'],
    [
      'for {set i 0} {$i < 5} {incr i} {if {$i == 3} break; if {$i == 1} continue; lappend r $i}; set r',
      '0 2',
    ],
    ['set i 0; while {$i < 3} {incr i 2}; set i', '4'],
    ['switch -glob -- abc {a* - b* {set r 1} default {set r 2}}', '1'],
    ['switch b {a {set r 1} b - c {set r 3}}', '3'],
    ['switch -regexp abc {^b {set r 1} ^a.c$ {set r 2}}', '2'],
    ['if 0 {set a 1} elseif 1 then {set a 2} else {set a 3}', '2'],
    ['proc f {a {b 2} args} {return "$a-$b-$args"}; list [f 1] [f 1 3 4 5]', '1-2- {1-3-4 5}'],
    [
      'proc f {n} {if {$n < 2} {return 1}; return [expr {$n * [f [expr {$n - 1}]]}]}; f 20',
      '2432902008176640000',
    ],
    ['catch {error boom} m; set m', 'boom'],
    ['list [catch {return 5} m] $m', '2 5'],
    ['proc g {name} {upvar $name v; incr v}; set q 4; g q; set q', '5'],
    ['set x 5; proc h {} {global x; incr x}; h; set x', '6'],
  ],
  'lists and arrays': [
    ['set l {a {b c} d}; lappend l {e f} {} "x\ty"', 'a {b c} d {e f} {} {x\ty}'],
    ['lindex {a {b c} d} 1 0', 'b'],
    ['list # a', '{#} a'],
    ['array set A {x 1 y 2}; set A(z) 3; lsort [array names A]', 'x y z'],
    ['array set A {x 1 y 2}; array unset A x; array size A', '1'],
    ['array set c [lindex {{\n a 1\n s "G / \\\\r"\n}} 0]; list $c(a) $c(s)', '1 {G / \\r}'],
    ['lsearch -exact {a b c} b', '1'],
    ['lsearch -all -inline {a1 b a2} a*', 'a1 a2'],
    ['lsort -integer -decreasing {3 10 2}', '10 3 2'],
    ['lsort -dictionary {a10 a9 B1 b2}', 'a9 a10 B1 b2'],
    ['lrange {a b c d} 1 end-1', 'b c'],
    ['linsert {a b c} end x y', 'a b c x y'],
    ['lreplace {a b c d} 1 2 X', 'a X d'],
    ['split a:b::c :', 'a b {} c'],
    ['join {a b {c d}} ,', 'a,b,c d'],
    ['concat a {b c} " d "', 'a b c d'],
  ],
  text: [
    ['string map {\\\\ \\\\\\\\ \\" \\\\\\"} {a"b\\c}', 'a\\"b\\\\c'],
    ['string map {a 1 ab 2} abab', '1b1b'],
    ['string match {a[0-9]*} a5x', '1'],
    ['string is integer -strict ""', '0'],
    ['string first : a:b:c', '1'],
    ['regexp {(\\d+)-(\\w+)} "ab 12-xy" all n w; list $all $n $w', '12-xy 12 xy'],
    ['regsub -all {a(b)} "abab" {[\\1&]} r; set r', '[bab][bab]'],
    ['regexp -inline -all {\\d} a1b2', '1 2'],
    ['format "%05d|%-5s|%5.2f|%x|%%" 42 ab 3.14159 255', '00042|ab   | 3.14|ff|%'],
  ],
};

describe.each(Object.entries(VALUES))('%s', (_, cases) => {
  it.each(cases)('%s', (script, value) => {
    expect(run(script)).toBe(value);
  });
});

describe('a script that fails', () => {
  it.each([
    ['set x $nothing', `can't read "nothing": no such variable`],
    ['expr {1/0}', 'divide by zero'],
    ['expr {"a" + 1}', `can't use non-numeric string "a" as operand`],
    ['proc f {a} {}; f', 'wrong # args: should be "f a"'],
    ['if {[} {}', 'syntax error in expression'],
    ['set x {', 'Missing brace'],
    ['break', 'invoked "break" outside of a loop'],
    ['lindex {a {b}c} 0', 'followed by "c" instead of space'],
    ['proc f {} {f}; f', 'too many nested evaluations'],
  ])('%s', (script, message) => {
    expect(() => run(script)).toThrow(TclError);
    expect(() => run(script)).toThrow(message);
  });

  it('tells the innermost command, substituted', () => {
    let failed: unknown;
    try {
      run('set v "a b"; foreach x {1} { string nonsense $v }');
    } catch (error) {
      failed = error;
    }
    expect(failed).toMatchObject({ command: 'string nonsense {a b}' });
  });

  it('ends at a command that is not here, caught or not', () => {
    expect(() => run('catch {clock seconds}; set x 1')).toThrow(UnsupportedCommandError);
  });

  it.each(['while 1 {}', 'for {} 1 {} {}', 'while 1 {catch {error x}}'])(
    'ends although it says otherwise: %s',
    (script) => {
      expect(() => run(script)).toThrow(TooLongError);
    },
  );

  it('ends before it fills the memory', () => {
    expect(() => run('set x ab; while 1 {append x $x}')).toThrow('value too large');
  });
});

it('joins a line that ends in a backslash, unless that is escaped', () => {
  // As tclsh 8.6 answers.
  expect(run('string length {\\\n}')).toBe('1');
  expect(run('string length {\\\\\n}')).toBe('3');
  expect(run('string length {\\\\\\\n}')).toBe('3');
});

describe('laws', () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from('ab 1$[]{}"\\;#\n\t')) });

  it('a list gives its elements back, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(text), (items) => {
        expect(elementsOf(listOf(items))).toEqual(items);
      }),
    );
  });

  it('a list is a command whose words are its elements', () => {
    fc.assert(
      fc.property(fc.array(text), (items) => {
        expect(elementsOf(run(`list ${listOf(items)}`))).toEqual(items);
      }),
    );
  });

  it('sums and products of integers are exact, and division rounds down', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        expect(run(`expr {${a} + ${b} * ${a}}`)).toBe(String(a + b * a));
        fc.pre(b !== 0n);
        expect(run(`expr {(${a} / ${b}) * ${b} + ${a} % ${b} == ${a}}`)).toBe('1');
      }),
    );
  });

  it('ends with an error of its own kind, whatever the script', () => {
    const script = fc.string({
      unit: fc.constantFrom(...'set incr x $x [] {} " \n;1'.split(' '), ' '),
    });
    fc.assert(
      fc.property(script, (source) => {
        try {
          run(source);
        } catch (error) {
          const isOurs = [TclError, UnsupportedCommandError, TooLongError].some(
            (kind) => error instanceof kind,
          );
          expect(isOurs, String(error)).toBe(true);
        }
      }),
    );
  });
});
