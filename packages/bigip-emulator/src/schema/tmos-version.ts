// TMOS versions and their order.

/** Versions that the emulator can present itself as (iControl REST 11). */
export const TMOS_VERSIONS = ['11.6', '12.1', '13.1', '14.1', '15.1', '16.1', '17.1'] as const;

const FULL: Record<(typeof TMOS_VERSIONS)[number], { full: string; build: string; date: string }> =
  {
    '11.6': { full: '11.6.5', build: '0.0.1', date: 'Tue Aug 13 18:22:01 PDT 2019' },
    '12.1': { full: '12.1.5', build: '0.0.5', date: 'Fri Aug 23 19:48:17 PDT 2019' },
    '13.1': { full: '13.1.3', build: '0.0.6', date: 'Wed Sep 25 10:43:54 PDT 2019' },
    '14.1': { full: '14.1.2', build: '0.0.37', date: 'Fri Aug 16 09:32:51 PDT 2019' },
    '15.1': { full: '15.1.8', build: '0.0.7', date: 'Thu Oct 20 14:20:34 PDT 2022' },
    '16.1': { full: '16.1.3', build: '0.0.12', date: 'Fri Jul 15 11:58:54 PDT 2022' },
    '17.1': { full: '17.1.1', build: '0.0.4', date: 'Wed Sep 20 18:02:26 PDT 2023' },
  };

export interface TmosVersion {
  /** As in `ver=` of links, `16.1.3`. */
  readonly full: string;
  readonly build: string;
  readonly date: string;
  /** True for this version or a later one, `atLeast('13.1')`. */
  atLeast(other: string): boolean;
}

function parts(version: string): number[] {
  return version.split('.').map(Number);
}

/** Negative when a is older than b. */
function compareVersions(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @param text one of TMOS_VERSIONS, or a full version of one of them such as `16.1.3.1` */
export function tmosVersion(text: string): TmosVersion {
  const family = TMOS_VERSIONS.find((known) => text === known || text.startsWith(`${known}.`));
  if (family === undefined) {
    throw new RangeError(`version: '${text}' is none of ${TMOS_VERSIONS.join(', ')}`);
  }
  const facts = FULL[family];
  const full = text === family ? facts.full : text;
  return { ...facts, full, atLeast: (other) => compareVersions(full, other) >= 0 };
}
