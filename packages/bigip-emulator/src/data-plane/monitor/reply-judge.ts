// Decides what a reply means: recv, then recvDisable, then reverse.
import type { MonitorConfig } from '../contract.ts';
import { failure, SUCCESS, type ProbeResult } from './probe.ts';
import { receiveMatcher } from './strings.ts';

export interface ReplyJudge {
  /** Some reply must arrive before success is possible. */
  readonly needsReply: boolean;
  /**
   * @param isComplete nothing more will be read
   * @returns undefined while more of the reply could still decide otherwise
   */
  judge(reply: string, isComplete: boolean): ProbeResult | undefined;
}

/** @param anyReplyNeeded true for HTTP: without `recv` any reply at all is good */
export function replyJudge(monitor: MonitorConfig, anyReplyNeeded: boolean): ReplyJudge {
  const isWanted = monitor.recv === '' ? null : receiveMatcher(monitor.recv);
  const isDisabling = monitor.recvDisable === '' ? null : receiveMatcher(monitor.recvDisable);

  const judgeWithRecv = (
    matches: (reply: string) => boolean,
    reply: string,
    isComplete: boolean,
  ): ProbeResult | undefined => {
    if (monitor.reverse) {
      if (matches(reply)) return { verdict: 'down', reason: 'Reverse receive string matched' };
      return isComplete && reply !== '' ? SUCCESS : noReply(reply, isComplete);
    }
    if (matches(reply)) return SUCCESS;
    if (isComplete && isDisabling?.(reply) === true) return { verdict: 'disable' };
    return isComplete ? failure('Response did not match the receive string') : undefined;
  };

  return {
    needsReply: anyReplyNeeded || isWanted !== null || isDisabling !== null,
    judge(reply, isComplete) {
      if (isWanted !== null) return judgeWithRecv(isWanted, reply, isComplete);
      if (isDisabling?.(reply) === true) return { verdict: 'disable' };
      if (reply === '') return noReply(reply, isComplete);
      return isDisabling === null || isComplete ? SUCCESS : undefined;
    },
  };
}

function noReply(reply: string, isComplete: boolean): ProbeResult | undefined {
  return isComplete && reply === '' ? failure('Connection closed without a response') : undefined;
}
