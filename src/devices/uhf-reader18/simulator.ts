import type { Answering } from '../uhf/simulated-reader.ts';
import { COMMANDS, encodeReply, encodeTags, INVENTORY, Status } from './codec.ts';
import type { Command18, Tag18 } from './codec.ts';
import { FAST_ID, FIRST_ANTENNA } from './inventory.ts';
import type { Settings18 } from './settings.ts';

const ANTENNA_MISSING = 0xf8;
const NOT_KNOWN = 0xfe;
const PARAMETER_INVALID = 0xff;
/** Second byte of a TID. */
const MAKER = 0x80;
const CLONE_MAKER = 0x68;
const RAW_RSSI = 0x6b;
/** Tags in one frame; more are told in more frames. */
const IN_ONE_FRAME = 4;
/** Where the antenna stands in the parameters of a 288. */
const ANTENNA_AT = 7;

/** A reader of the model that is configured; a 288 has eight antennas and tags with TIDs. */
export function answering18({ model, address }: Settings18): Answering<Command18> {
  const own = address === 0xff ? 0 : address;
  const reply = (command: number, status: number, data: Uint8Array): Uint8Array =>
    encodeReply({ address: own, command, status, data });
  const none = new Uint8Array();
  return {
    format: COMMANDS,
    faults: ['clone'],
    answer: ({ address: asked, command, data }, tagsOf, fault) => {
      if (asked !== own && asked !== 0xff) return [];
      if (command !== INVENTORY) return [reply(command, NOT_KNOWN, none)];
      if (fault === 'error-status') return [reply(command, ANTENNA_MISSING, none)];
      const antenna = model === 288 ? (data[ANTENNA_AT] ?? 0) - FIRST_ANTENNA + 1 : 1;
      if (antenna < 1 || antenna > 8) return [reply(command, PARAMETER_INVALID, none)];
      const antennaMask = model === 288 ? 1 << (antenna - 1) : null;
      const hasTids = ((data[0] ?? 0) & FAST_ID) !== 0;
      const tag = (maker: number, epc: Uint8Array): Tag18 => {
        const tid = hasTids ? Uint8Array.of(0xe2, maker, ...epc.slice(2)) : null;
        return { epc, tid, rawRssi: model === 288 ? RAW_RSSI : null };
      };
      const there = tagsOf(antenna);
      const clones = fault === 'clone' ? there.slice(0, 1).map((epc) => tag(CLONE_MAKER, epc)) : [];
      const tags = [...there.map((epc) => tag(MAKER, epc)), ...clones];
      const frames = Array.from({ length: Math.ceil(tags.length / IN_ONE_FRAME) }, (_, i) => {
        const some = tags.slice(i * IN_ONE_FRAME, (i + 1) * IN_ONE_FRAME);
        return reply(command, Status.moreFollow, encodeTags({ antennaMask, tags: some }));
      });
      if (model === 18) return [...frames, reply(command, Status.noTag, none)];
      return [...frames, reply(command, Status.finished, encodeTags({ antennaMask, tags: [] }))];
    },
  };
}
