import { describe, expect, it } from 'vitest';
import { read } from './decoding.fixture.ts';

const advert = (data: string) => `020106 1BFF9904 ${data}`;

/** Every axis `v`; then temperature, humidity, pressure, voltage and transmit power. */
const all = (v: number | null, ...[t, h, p, u, x]: (number | null)[]) => ({
  accelerationX: v,
  accelerationY: v,
  accelerationZ: v,
  temperature: t,
  humidity: h,
  pressure: p,
  voltage: u,
  txPower: x,
});

describe('Ruuvi', () => {
  const valid = {
    temperature: 24.3,
    humidity: 53.49,
    pressure: 100_044,
    accelerationX: 0.004,
    accelerationY: -0.004,
    accelerationZ: 1.036,
    voltage: 2.977,
    txPower: 4,
    movementCounter: 66,
    measurementSequenceNumber: 205,
    mac: 'CB:B8:33:4C:88:4F',
  };
  // The test vectors of the format's specification: valid, maximum, minimum, invalid.
  it.each([
    ['0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F', valid],
    [
      '057FFFFFFEFFFE7FFF7FFF7FFFFFDEFEFFFECBB8334C884F',
      {
        ...all(32.767, 163.835, 163.835, 115_534, 3.646, 20),
        movementCounter: 254,
        measurementSequenceNumber: 65_534,
        mac: valid.mac,
      },
    ],
    [
      '058001000000008001800180010000000000CBB8334C884F',
      {
        ...all(-32.767, -163.835, 0, 50_000, 1.6, -40),
        movementCounter: 0,
        measurementSequenceNumber: 0,
        mac: valid.mac,
      },
    ],
    [
      '058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF',
      {
        ...all(null, null, null, null, null, null),
        movementCounter: null,
        measurementSequenceNumber: null,
        mac: null,
      },
    ],
    // Of the wire formats: no temperature, humidity and pressure, the rest is there.
    [
      '05 80 00 FF FF FF FF 00 00 00 00 03 E8 70 96 00 00 07 C0 FF EE 11 22 33',
      {
        ...all(0, null, null, null, 2.5, 4),
        accelerationZ: 1,
        movementCounter: 0,
        measurementSequenceNumber: 7,
        mac: 'C0:FF:EE:11:22:33',
      },
    ],
  ])('reads %s', (data, expected) => expect(read('ruuvi-5', advert(data))).toEqual(expected));

  it.each([
    ['020106 11FF9904 03291A1ECE1EFC18F94202CA0B53', 'data format 3, expected 5'],
    ['020106 0BFF9904 0512FC5394C37C00', '8 bytes of format 5, expected 24'],
    ['020106 1AFF4C00 0215', 'an advertisement that is cut short at byte 3'],
    ['020106 03FF4C00 000000', 'no Ruuvi data in an advertisement of 10 bytes'],
    ['', 'no Ruuvi data in an advertisement of 0 bytes'],
  ])('refuses %s: %s', (hex, why) => expect(read('ruuvi-5', hex)).toBe(why));
});
