// `…/stats` of interfaces, trunks and VLANs: what they are. No frames pass here, so the counters stay 0.
import { scalarText } from '../json.ts';
import type { ReadContext } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';
import { macOf } from '../tables/net/vlan.ts';

const NO_FRAMES = {
  'counters.bitsIn': 0,
  'counters.bitsOut': 0,
  'counters.dropsAll': 0,
  'counters.errorsAll': 0,
  'counters.pktsIn': 0,
  'counters.pktsOut': 0,
};

export function linkStats(
  record: ConfigRecord,
  context: Pick<ReadContext, 'values'>,
): Record<string, number | string> {
  const values = context.values(record);
  const tmName = record.fullPath;
  if (record.type === 'net/vlan') {
    return { id: Number(values['tag'] ?? 0), macTrue: macOf(record.fullPath), tmName };
  }
  const isDown = values['disabled'] === true;
  if (record.type === 'net/interface') {
    const mediaActive = isDown ? 'none' : scalarText(values['mediaActive']);
    return { ...NO_FRAMES, mediaActive, status: isDown ? 'disabled' : 'up', tmName };
  }
  const members = Array.isArray(values['interfaces']) ? values['interfaces'].length : 0;
  return {
    ...NO_FRAMES,
    macAddr: macOf(record.fullPath),
    operMemberCount: members,
    status: members > 0 ? 'up' : 'down',
    tmName,
  };
}
