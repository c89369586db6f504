import type { Protocol, Seen } from '../uhf/reader.ts';
import type { Ear, Failure, Wire } from '../uhf/wire.ts';
import { decodeTag, encodeFrame, encodeQuery, errorText, FrameType, NO_TAG, R200Command } from './codec.ts';
import type { R200Frame } from './codec.ts';
import type { R200Settings } from './settings.ts';

/** Polls that a round asks for: more than the module can do in the time that is listened. */
const POLLS = 10_000;
/** A byte that the manual has there and says nothing of. */
const RESERVED = 0x22;

const MULTI_POLL = command(R200Command.multiPoll, RESERVED, POLLS >> 8, POLLS & 0xff);
const STOP = command(R200Command.stop);

/** How modules of this family are asked: poll many times, listen, stop; the answer to the stop ends the round. */
export function r200Protocol(settings: R200Settings): Protocol<R200Frame> {
  const { power, session, target, q, listen } = settings;
  const orders: Uint8Array[] = [STOP];
  if (power !== undefined) {
    const steps = Math.round(power * 100);
    orders.push(command(R200Command.setPower, steps >> 8, steps & 0xff));
  }
  if (session !== undefined || target !== undefined || q !== undefined) {
    orders.push(command(R200Command.setQuery, ...encodeQuery(session ?? 0, target ?? 'A', q ?? 4)));
  }

  const prepare = async (wire: Wire<R200Frame>, signal: AbortSignal): Promise<Failure | null> => {
    for (const order of orders) {
      const failure = await obeyed(wire, order, ignore, signal, false);
      if (failure !== null) return failure;
    }
    return null;
  };

  const inventory = async (
    wire: Wire<R200Frame>,
    antenna: number,
    seen: (tag: Seen) => void,
    signal: AbortSignal,
  ): Promise<Failure | null> => {
    const note = (frame: R200Frame): void => {
      const tag = frame.type === FrameType.notice ? decodeTag(frame.params) : null;
      if (tag !== null) seen({ ...tag, antenna });
    };
    const ear: Ear<R200Frame, Failure> = (frame) => {
      note(frame);
      const code = frame.command === R200Command.error ? frame.params[0] : undefined;
      return code === undefined || code === NO_TAG ? 'more' : { end: exception(code) };
    };
    const heard = await wire.listen(MULTI_POLL, ear, signal, listen);
    if (!heard.ok) return heard;
    const stopped = await obeyed(wire, STOP, note, signal, true);
    return heard.value ?? stopped;
  };

  return { prepare, inventory };
}

function ignore(): void {
  // What a round that was given up still tells belongs to none.
}

/** Sends an order and hears its confirmation; what comes in between goes to `note`. */
async function obeyed(
  wire: Wire<R200Frame>,
  order: Uint8Array,
  note: (frame: R200Frame) => void,
  signal: AbortSignal,
  continues: boolean,
): Promise<Failure | null> {
  const ear: Ear<R200Frame, Failure | null> = (frame) => {
    note(frame);
    const [code = 0] = frame.params;
    if (frame.command === order[2]) return { end: code === 0 ? null : exception(code) };
    return frame.command === R200Command.error && code !== NO_TAG ? { end: exception(code) } : 'foreign';
  };
  const answer = await wire.ask(order, ear, signal, continues);
  return answer.ok ? answer.value : answer;
}

function command(code: number, ...params: readonly number[]): Uint8Array {
  return encodeFrame({ type: FrameType.command, command: code, params: Uint8Array.from(params) });
}

function exception(code: number): Failure {
  return { code: 'EXCEPTION_REPLY', detail: errorText(code) };
}
