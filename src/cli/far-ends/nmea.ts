import { simulateNmea } from '../../devices/nmea/simulator.ts';
import { valueAt } from '../../config/problems.ts';
import { endpointOf, serialPlaceOf, type OpenFarEnd } from './port.ts';

/** Near the middle of Shanghai: a receiver begins somewhere that is not 0, 0. */
const BEGIN = { latitude: 312_304_000, longitude: 1_214_737_000 };

export const farNmea: OpenFarEnd = async (order) => {
  const { raw, profiles, streams } = order;
  const port = valueAt(raw, ['tcp-port']);
  const usual = typeof port === 'number' ? `127.0.0.1:${port}` : '127.0.0.1:2947';
  const isSerial = valueAt(raw, ['host']) === undefined;
  const place = isSerial ? serialPlaceOf(order) : endpointOf(order.place ?? usual);
  const simulator = await simulateNmea(raw, profiles, place);
  for (const { dev, ch } of streams) {
    if (ch === 'latitude' || ch === 'longitude') simulator.set(dev, ch, BEGIN[ch]);
  }
  const at = typeof place === 'string' ? place : `${place.host}:${simulator.port}`;
  return { simulator, at, left: [] };
};
