import type { Simulator } from '../../devices/port.ts';
import type { Line } from '../../devices/line.ts';
import { openSerialLine } from '../../devices/serial-line.ts';
import type { Short } from '../../notify/modem/pdu.ts';
import { MODEM_FAULTS, ModemSimulator } from '../../notify/modem/simulator.ts';

export type SimulatedModem = Simulator & {
  /** Tells of each message, or part of one, that the network took. */
  listen(taken: (short: Short) => void): void;
  /** Somebody with this number sends an SMS to the card. */
  receive(number: string, text: string): void;
};

/**
 * Plays the GSM modem of a channel at the far end of its line; one that is not there yet is tried again for ever.
 *
 * @param pin what the card wants first; null for a card without
 */
export async function simulateModem(path: string, baud: number, pin: string | null): Promise<SimulatedModem> {
  const line = openSerialLine({ path, baud, dataBits: 8, parity: 'none', stopBits: 1 });
  await tried(line);
  const modem = new ModemSimulator(line, pin);
  return {
    faults: MODEM_FAULTS,
    set: (_device, channel) => {
      throw new RangeError(`a modem measures nothing, so no "${channel}"`);
    },
    fault: (_device, name) => {
      modem.fault = MODEM_FAULTS.find((known) => known === name) ?? null;
    },
    listen: (taken) => {
      modem.onTaken = taken;
    },
    receive: (number, text) => modem.receive(number, text),
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

/** Until the port was opened, or could not be. */
async function tried(line: Line): Promise<void> {
  const done = Promise.withResolvers<void>();
  const look = ({ reason }: Line['state']): void => void (reason !== 'opening' && done.resolve());
  const unwatch = line.watch(look);
  look(line.state);
  await done.promise;
  unwatch();
}
