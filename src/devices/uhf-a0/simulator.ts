import type { Answering } from '../uhf/simulated-reader.ts';
import { A0_FORMAT, A0Command, encodeFrame, encodeInventory, SUCCESS } from './codec.ts';
import type { A0Frame, A0Inventory } from './codec.ts';

const ANTENNA_MISSING = 0x22;
const PARAMETER_INVALID = 0x41;
const ANTENNA_INVALID = 0x47;
const PC_96 = 0x3000;
const RSSI = -6000;

/** A board with eight ports. */
export function a0Answering(address: number): Answering<A0Frame> {
  let antenna = 1;
  return {
    format: A0_FORMAT,
    answer: ({ address: asked, command, data }, tagsOf, fault) => {
      if (asked !== address && asked !== 0xff) return [];
      const say = (reply: Uint8Array): Uint8Array => encodeFrame({ address, command, data: reply });
      const code = (value: number): Uint8Array[] => [say(Uint8Array.of(value))];
      switch (command) {
        case A0Command.setTemporaryPower:
          return code(SUCCESS);
        case A0Command.setWorkAntenna: {
          const port = data[0] ?? 0xff;
          if (port > 7) return code(ANTENNA_INVALID);
          antenna = port + 1;
          return code(SUCCESS);
        }
        case A0Command.realTimeInventory:
        case A0Command.sessionInventory: {
          if (fault === 'error-status') return code(ANTENNA_MISSING);
          const tags = tagsOf(antenna).map((epc): A0Inventory => ({
            kind: 'tag',
            antenna,
            pc: PC_96,
            epc,
            rssi: RSSI,
          }));
          const end: A0Inventory = { kind: 'end', antenna, readRate: 100, totalReads: tags.length };
          return [...tags, end].map((reply) => say(encodeInventory(reply)));
        }
        default:
          return code(PARAMETER_INVALID);
      }
    },
  };
}
