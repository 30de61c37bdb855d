import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonFloat, pythonJson } from './python-json.ts';

describe('pythonJson', () => {
  it("writes Python's separators, floats and escapes, and leaves out what is undefined", () => {
    const value = { a: [1, 'é"\\\n\u007f'], b: undefined, c: new JsonFloat(2), d: {}, e: [] };

    expect(pythonJson(value)).toBe(
      '{"a": [1, "\\u00e9\\"\\\\\\n\\u007f"], "c": 2.0, "d": {}, "e": []}',
    );
  });

  it('writes any JSON in printable ASCII that reads back as the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = pythonJson(value);

        expect(text).toMatch(/^[ -~]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
