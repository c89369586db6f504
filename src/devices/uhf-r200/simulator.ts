import type { Answering } from '../uhf/simulated-reader.ts';
import { encodeFrame, encodeTag, FrameType, NO_TAG, R200_FORMAT, R200Command } from './codec.ts';
import type { R200Frame } from './codec.ts';

const NO_FREE_CHANNEL = 0x20;
const NOT_KNOWN = 0x17;
const PC_96 = 0x3000;
const RSSI = -5500;
/** Polls of one round that are shown: every tag is read so many times. */
const PASSES = 2;

/** A module with one antenna. */
export const R200_ANSWERING: Answering<R200Frame> = {
  format: R200_FORMAT,
  answer: ({ type, command }, tagsOf, fault) => {
    if (type !== FrameType.command) return [];
    switch (command) {
      case R200Command.setPower:
      case R200Command.setQuery:
      case R200Command.stop:
        return [response(command, 0)];
      case R200Command.multiPoll: {
        if (fault === 'error-status') return [error(NO_FREE_CHANNEL)];
        const tags = tagsOf(1).map((epc) => {
          const params = encodeTag({ pc: PC_96, epc, rssi: RSSI });
          return encodeFrame({ type: FrameType.notice, command: R200Command.poll, params });
        });
        return Array.from({ length: PASSES }, () => (tags.length === 0 ? [error(NO_TAG)] : tags)).flat();
      }
      default:
        return [error(NOT_KNOWN)];
    }
  },
};

function response(command: number, code: number): Uint8Array {
  return encodeFrame({ type: FrameType.response, command, params: Uint8Array.of(code) });
}

function error(code: number): Uint8Array {
  return response(R200Command.error, code);
}
