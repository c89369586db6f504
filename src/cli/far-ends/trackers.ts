import { valueAt } from '../../config/problems.ts';
import { simulateJtt808 } from '../../devices/jtt808/simulator.ts';
import { simulateTeltonika } from '../../devices/teltonika/simulator.ts';
import type { Simulator } from '../../devices/port.ts';
import { begin } from './first-values.ts';
import { endpointOf, type FarEndOrder, type OpenFarEnd } from './port.ts';

type Simulate = (
  raw: unknown,
  profiles: FarEndOrder['profiles'],
  at: { readonly host: string; readonly port: number },
) => Simulator;

/** Near the middle of Shanghai: a truck begins somewhere that is not 0, 0. */
const BEGIN: Readonly<Record<string, number>> = { latitude: 312_304_000, longitude: 1_214_737_000 };
const POSITION = ['fix', 'satellites', 'speed', 'inside', 'on-route', 'latitude', 'longitude'];

/** Trackers call the gateway: their far end is a client of the address it listens on. */
function farTrackers(simulate: Simulate, usual: string): OpenFarEnd {
  return ({ raw, profiles, streams, place }) => {
    const listen = valueAt(raw, ['listen']);
    const at = endpointOf(place ?? (typeof listen === 'string' ? listen : usual));
    const simulator = simulate(raw, profiles, at);
    begin(
      simulator,
      streams.filter((s) => !POSITION.includes(s.quantity)),
    );
    for (const { dev, ch } of streams) {
      const v = BEGIN[ch];
      if (v !== undefined) simulator.set(dev, ch, v);
    }
    return { simulator, at: `${at.host}:${at.port}`, left: [] };
  };
}

export const farTeltonika = farTrackers(simulateTeltonika, '127.0.0.1:5027');
export const farJtt808 = farTrackers(simulateJtt808, '127.0.0.1:7611');
