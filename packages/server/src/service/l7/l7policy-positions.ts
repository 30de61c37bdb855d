// Positions of a listener's L7 policies: 1-based and dense, whatever is inserted, moved or removed.

interface Positioned {
  id: string;
  position: number;
}

/** Beyond every real list: append. @see Octavia MAX_POLICY_POSITION */
export const POSITION_MAX = 2_147_483_647;

/**
 * New positions after putting `id` at `wanted` (or, with `wanted` undefined, taking it out).
 * @param others the listener's other policies in their order
 * @returns only what differs from now, and the place that `id` got
 */
export function renumber(
  others: readonly Positioned[],
  id: string,
  wanted: number | undefined,
): { moved: Positioned[]; position: number } {
  const order = others.filter((policy) => policy.id !== id);
  order.sort((a, b) => a.position - b.position);
  const place = wanted === undefined ? 0 : Math.min(wanted, order.length + 1);
  const moved = order.flatMap((policy, index) => {
    const position = index + 1 + (place > 0 && index + 1 >= place ? 1 : 0);
    return position === policy.position ? [] : [{ id: policy.id, position }];
  });
  return { moved, position: place };
}
