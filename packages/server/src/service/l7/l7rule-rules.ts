// Which keys, comparisons and values an L7 rule may have, by type.
import type { L7CompareType, L7Rule, L7RuleType } from '@f5-lbaas/model';

import { refuse } from '../refusals.ts';

export type L7RuleMatch = Pick<L7Rule, 'type' | 'compare_type' | 'key' | 'value'>;

/** @see Octavia `octavia/common/validate.py` and `constants.py` */
const TOKEN = /^[a-zA-Z0-9!#$%&'*+\-.^_`|~]+$/;
const COOKIE_VALUE = /^[a-zA-Z0-9!#$%&'()*+\-./:<=>?@[\]^_`{|}~]+$/;
const HEADER_VALUE = /^[a-zA-Z0-9!"#$%&'()*+,\-./:;<=>?@[\]^_`{|}~\\]+$/;
const QUOTED_HEADER_VALUE = /^"[a-zA-Z0-9!"#$%&'()*+,\-./:;<=>?@[\]^_`{|}~\\ \t]*"$/;
const DISTINGUISHED_NAME_FIELD = /^[a-zA-Z][A-Za-z0-9-]*$/;

const COMPARE_TYPES: Partial<Record<L7RuleType, readonly L7CompareType[]>> = {
  FILE_TYPE: ['REGEX', 'EQUAL_TO'],
};

function reject(detail: string): never {
  throw refuse('ERR_L7_RULE', { detail });
}

/** @throws LbaasError ERR_L7_RULE that says what does not fit */
export function checkL7Rule(rule: L7RuleMatch): void {
  if (rule.value === '') reject('Invalid L7 Rule: L7 rule type requires a value');
  switch (rule.type) {
    case 'HEADER':
    case 'COOKIE':
      checkKeyed(rule);
      return;
    case 'HOST_NAME':
    case 'PATH':
    case 'FILE_TYPE':
      checkComparison(rule);
      checkText(rule, 'header value');
      return;
    case 'SSL_CONN_HAS_CERT':
    case 'SSL_VERIFY_RESULT':
    case 'SSL_DN_FIELD':
      checkTls(rule);
  }
}

function checkKeyed(rule: L7RuleMatch): void {
  if (!rule.key) reject('Invalid L7 Rule: L7 rule type requires a key');
  if (!TOKEN.test(rule.key)) reject('Invalid characters in key');
  checkText(rule, rule.type === 'COOKIE' ? 'cookie value' : 'header value');
}

function checkComparison(rule: L7RuleMatch): void {
  const allowed = COMPARE_TYPES[rule.type];
  if (allowed !== undefined && !allowed.includes(rule.compare_type)) {
    reject('Invalid L7 Rule: invalid comparison type for rule type');
  }
}

function checkText(rule: L7RuleMatch, what: 'header value' | 'cookie value'): void {
  if (rule.compare_type === 'REGEX') {
    checkRegularExpression(rule.value);
    return;
  }
  const fits =
    what === 'cookie value'
      ? COOKIE_VALUE.test(rule.value)
      : HEADER_VALUE.test(rule.value) || QUOTED_HEADER_VALUE.test(rule.value);
  if (!fits) reject(`Invalid characters in ${what}`);
}

/** Python's named groups and leading inline flags, which clients write, are taken too. */
function checkRegularExpression(pattern: string): void {
  const portable = pattern.replace(/^\(\?[aiLmsux]+\)/, '').replaceAll('(?P<', '(?<');
  try {
    new RegExp(portable);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'invalid';
    reject(`Unable to parse regular expression: ${why}`);
  }
}

function checkTls(rule: L7RuleMatch): void {
  const { type, key, value } = rule;
  if (type === 'SSL_DN_FIELD') {
    if (!key) {
      reject('Invalid L7 Rule: L7rule type SSL_DN_FIELD needs to specify a key and a value.');
    }
    if (!DISTINGUISHED_NAME_FIELD.test(key)) {
      reject('Invalid L7 Rule: Invalid L7rule distinguished name field.');
    }
    if (rule.compare_type === 'REGEX') checkRegularExpression(value);
    return;
  }
  if (key) reject(`Invalid L7 Rule: L7rule type ${type} does not use the "key" field.`);
  if (type === 'SSL_CONN_HAS_CERT' && value.toLowerCase() !== 'true') {
    reject(`Invalid L7 Rule: L7rule value ${value} is not a boolean True string.`);
  }
  if (rule.compare_type !== 'EQUAL_TO') {
    reject(`Invalid L7 Rule: L7rule type ${type} only supports the EQUAL_TO compare type.`);
  }
  if (type === 'SSL_VERIFY_RESULT' && !/^\d+$/.test(value)) {
    reject('Invalid L7 Rule: L7rule type SSL_VERIFY_RESULT needs a int value, which is >= 0');
  }
}
