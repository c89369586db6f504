import type { Protocol, Seen } from '../uhf/reader.ts';
import type { Ear, Failure, Wire } from '../uhf/wire.ts';
import { A0Command, decodeInventory, encodeFrame, errorText, NO_TAG, SUCCESS } from './codec.ts';
import type { A0Frame } from './codec.ts';
import type { A0Settings } from './settings.ts';

/** Every reader answers to it, with its own address. */
const PUBLIC_ADDRESS = 0xff;

/** How boards of this family are asked: choose an antenna, inventory in real time, until the end of the round. */
export function a0Protocol(settings: A0Settings): Protocol<A0Frame> {
  const { address, power, session, target, repeat } = settings;
  const isOurs = (frame: A0Frame, command: number): boolean =>
    frame.command === command && (address === PUBLIC_ADDRESS || frame.address === address);

  const order = async (
    wire: Wire<A0Frame>,
    command: number,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Failure | null> => {
    const ear: Ear<A0Frame, number> = (frame) =>
      isOurs(frame, command) && frame.data.length === 1 ? { end: frame.data[0] ?? 0 } : 'foreign';
    const answer = await wire.ask(encodeFrame({ address, command, data }), ear, signal);
    if (!answer.ok) return answer;
    return answer.value === SUCCESS ? null : exception(answer.value);
  };

  const [command, data] =
    session === undefined
      ? [A0Command.realTimeInventory, Uint8Array.of(repeat)]
      : [A0Command.sessionInventory, Uint8Array.of(session, target === 'B' ? 1 : 0, repeat)];

  const inventory = async (
    wire: Wire<A0Frame>,
    antenna: number,
    seen: (tag: Seen) => void,
    signal: AbortSignal,
  ): Promise<Failure | null> => {
    const chosen = await order(wire, A0Command.setWorkAntenna, Uint8Array.of(antenna - 1), signal);
    if (chosen !== null) return chosen;
    const ear: Ear<A0Frame, number | null> = (frame) => {
      if (!isOurs(frame, command)) return 'foreign';
      const reply = decodeInventory(frame.data);
      if (reply === null) return 'foreign';
      if (reply.kind === 'error') return { end: reply.code };
      if (reply.antenna !== antenna) {
        wire.refuse(`antenna ${reply.antenna} answered, ${antenna} was asked`);
        return 'foreign';
      }
      if (reply.kind === 'end') return { end: null };
      seen(reply);
      return 'more';
    };
    const answer = await wire.ask(encodeFrame({ address, command, data }), ear, signal);
    if (!answer.ok) return answer;
    return answer.value === null || answer.value === NO_TAG ? null : exception(answer.value);
  };

  return {
    prepare: (wire, signal) =>
      power === undefined
        ? Promise.resolve(null)
        : order(wire, A0Command.setTemporaryPower, Uint8Array.of(power), signal),
    inventory,
  };
}

function exception(code: number): Failure {
  return { code: 'EXCEPTION_REPLY', detail: errorText(code) };
}
