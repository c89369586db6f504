import type { Protocol, Seen } from '../uhf/reader.ts';
import type { Ear, Failure, Wire } from '../uhf/wire.ts';
import { antennasOf, decodeTags, encodeCommand, INVENTORY, Status, statusText } from './codec.ts';
import type { Reply18 } from './codec.ts';
import { USUAL_SCAN_MS } from './settings.ts';
import type { Settings18 } from './settings.ts';

/** Memory bank, bit address and length of a mask: none, all tags. */
const NO_MASK = [0x01, 0x00, 0x00, 0x00] as const;
export const FAST_ID = 0x20;
export const FIRST_ANTENNA = 0x80;
const SCAN_STEP_MS = 100;

/** Neither model says its signal in dBm: one has none, the other a byte on a scale of the vendor's. */
const UNKNOWN_RSSI = 0;

/** How readers of this family are asked: one command an antenna; replies follow until one is the last. */
export function reader18Protocol(settings: Settings18): Protocol<Reply18> {
  const { address, model } = settings;

  const inventory = async (
    wire: Wire<Reply18>,
    antenna: number,
    seen: (tag: Seen) => void,
    signal: AbortSignal,
  ): Promise<Failure | null> => {
    /** False when the frame is none of this round. */
    const take = (reply: Reply18): boolean => {
      const found = reply.status === Status.noTag ? null : decodeTags(model, reply.data);
      if (found === null) return true;
      const antennas = found.antennaMask === null ? [antenna] : antennasOf(found.antennaMask);
      if (found.tags.length > 0 && !antennas.includes(antenna)) {
        wire.refuse(`antennas ${antennas.join(' and ')} answered, ${antenna} was asked`);
        return false;
      }
      for (const { epc, tid } of found.tags) {
        for (const own of antennas) seen({ epc, tid, antenna: own, rssi: UNKNOWN_RSSI });
      }
      return true;
    };
    const ear: Ear<Reply18, Failure | null> = (reply) => {
      const { status } = reply;
      const isLast = status === Status.finished || status === Status.timeOver || status === Status.noTag;
      if (!isLast && status !== Status.moreFollow) {
        return { end: { code: 'EXCEPTION_REPLY', detail: statusText(status) } };
      }
      if (!take(reply)) return 'foreign';
      return isLast ? { end: null } : 'more';
    };
    const data = Uint8Array.from(model === 288 ? parameters(settings, antenna) : []);
    const answer = await wire.ask(encodeCommand({ address, command: INVENTORY, data }), ear, signal);
    return answer.ok ? answer.value : answer;
  };

  return { prepare: () => Promise.resolve(null), inventory };
}

function parameters(
  { q = 4, session = 0, target, scan, 'fast-id': fastId }: Settings18,
  antenna: number,
): number[] {
  const first = q | (fastId === true ? FAST_ID : 0);
  const time = (scan ?? USUAL_SCAN_MS) / SCAN_STEP_MS;
  return [first, session, ...NO_MASK, target === 'B' ? 1 : 0, FIRST_ANTENNA + antenna - 1, time];
}
