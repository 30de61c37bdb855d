// Chooses one of the eligible members by the pool's load balancing mode.
// EMULATOR: fastest, observed and predictive modes rank by measured response on a device; here by connections.

/** What a mode may look at. */
export interface Candidate {
  /** Of the member. */
  ratio: number;
  nodeRatio: number;
  /** Open connections of the member. */
  memberConns: number;
  /** Open connections of its node address, over all pools. */
  nodeConns: number;
  connectionLimit: number;
  /** 0..1, below 1 while a returned member is ramped up. */
  ramp: number;
}

type Score = (candidate: Candidate) => number;

const byMember: Score = (c) => c.memberConns;
const byNode: Score = (c) => c.nodeConns;
const perMemberRatio: Score = (c) => c.memberConns / c.ratio;
const perNodeRatio: Score = (c) => c.nodeConns / c.nodeRatio;
/** Share of the connection limit in use; without a limit, plain connections. */
const perLimit =
  (load: Score): Score =>
  (c) =>
    c.connectionLimit === 0 ? load(c) : load(c) / c.connectionLimit;

/** Modes that pick the lowest score. */
const LEAST_SCORE: Readonly<Record<string, Score>> = {
  'least-connections-member': byMember,
  'least-connections-node': byNode,
  'ratio-least-connections-member': perMemberRatio,
  'ratio-least-connections-node': perNodeRatio,
  'weighted-least-connections-member': perLimit(byMember),
  'weighted-least-connections-node': perLimit(byNode),
  'least-sessions': byMember,
  'fastest-app-response': byMember,
  'fastest-node': byNode,
  'observed-member': byMember,
  'observed-node': byNode,
  'predictive-member': byMember,
  'predictive-node': byNode,
};

/** Modes that rotate by weight. */
const WEIGHTS: Readonly<Record<string, (candidate: Candidate) => number>> = {
  'ratio-member': (c) => c.ratio,
  'ratio-session': (c) => c.ratio,
  'dynamic-ratio-member': (c) => c.ratio,
  'ratio-node': (c) => c.nodeRatio,
  'dynamic-ratio-node': (c) => c.nodeRatio,
};

/** Load balancing state of one pool; keys are the pool's own objects. */
export class Balancer<Key extends object> {
  readonly #mode: string;
  #credit = new Map<Key, number>();

  constructor(mode: string) {
    this.#mode = mode;
  }

  /** One of `keys`, undefined when there is none. */
  pick(keys: readonly Key[], candidateOf: (key: Key) => Candidate): Key | undefined {
    if (keys.length < 2) return keys[0];
    const score = LEAST_SCORE[this.#mode];
    if (score === undefined) {
      const weight = WEIGHTS[this.#mode];
      return this.#rotate(keys, (key) => (weight === undefined ? 1 : weight(candidateOf(key))));
    }
    return this.#rotate(leastScored(keys, candidateOf, score), () => 1);
  }

  /**
   * Smooth weighted round robin: each round every member earns its weight, the richest is chosen and pays the sum.
   * Over any run of sum(weights) picks of an unchanged set each member is chosen exactly `weight` times.
   */
  #rotate(keys: readonly Key[], weightOf: (key: Key) => number): Key | undefined {
    let total = 0;
    let best: Key | undefined;
    let bestCredit = -Infinity;
    for (const key of keys) {
      const weight = weightOf(key);
      const credit = (this.#credit.get(key) ?? 0) + weight;
      this.#credit.set(key, credit);
      total += weight;
      if (credit > bestCredit) {
        best = key;
        bestCredit = credit;
      }
    }
    if (best !== undefined) this.#credit.set(best, bestCredit - total);
    return best;
  }

  /** Starts a new rotation: credit earned under another set of members would skew it. */
  forget(): void {
    this.#credit = new Map();
  }
}

function leastScored<Key>(
  keys: readonly Key[],
  candidateOf: (key: Key) => Candidate,
  score: Score,
): Key[] {
  let least = Infinity;
  let chosen: Key[] = [];
  for (const key of keys) {
    const candidate = candidateOf(key);
    const value = score(candidate) / Math.max(candidate.ramp, 0.01);
    if (value < least) {
      least = value;
      chosen = [key];
    } else if (value === least) chosen.push(key);
  }
  return chosen;
}
