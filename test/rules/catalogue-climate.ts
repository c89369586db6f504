import type { Case } from './catalogue.ts';
import type { Story } from './depot.ts';

const M = 60_000;
const H = 60 * M;
const T1 = 'probe-1/temperature';
const T2 = 'probe-2/temperature';
const ROOM = 'room-1/temperature';
const TRUCK = 'truck-7/temperature';
const BOX1 = 'vaccine-1/temperature';
const BOX2 = 'vaccine-2/temperature';
const CHILL = 'chill-1/temperature';
const FROZEN = 'frozen-1/temperature';
const DOOR = 'door-1/contact';

/** Warms by so many hundredths of a degree a minute. */
const warms =
  (step: number) =>
  (s: Story): void => {
    for (let i = 0; i < 20; i++) s.read(T1, 300 + i * step).wait(M);
  };

/** Stores and food: each rule of gsp-storage, gsp-transport, vaccine and food-cold-chain. */
export const CLIMATE: readonly Case[] = [
  {
    rule: 'cold-room-out-of-range',
    fires: (s) => s.read(T1, 801),
    quiet: (s) => s.read(T1, 800).wait(M).read(T1, 200),
    unknown: (s) => s.read(T1, 500).read(T1, null),
  },
  {
    rule: 'cold-room-near-limit',
    fires: (s) => s.read(T1, 751),
    quiet: (s) => s.read(T1, 750),
    unknown: { told: 'cold-room-out-of-range', by: (s) => s.read(T1, 500).read(T1, null) },
  },
  {
    rule: 'store-out-of-range',
    fires: (s) => s.read(ROOM, 999),
    quiet: (s) => s.read(ROOM, 1000),
    unknown: (s) => s.read(ROOM, 2000, 2),
  },
  {
    rule: 'cold-room-mean-kinetic',
    fires: (s) => s.hold({ [T1]: 801 }, 24 * H, 2 * M),
    quiet: (s) => s.hold({ [T1]: 800 }, 24 * H, 2 * M),
    unknown: (s) =>
      s
        .hold({ [T1]: 500 }, 24 * H, 2 * M)
        .wait(6 * H)
        .hold({ [T1]: 500 }, 4 * M),
  },
  {
    rule: 'store-mean-kinetic',
    fires: (s) => s.hold({ [ROOM]: 2510 }, 720 * H, 3 * M),
    quiet: (s) => s.hold({ [ROOM]: 2500 }, 720 * H, 3 * M),
    unknown: (s) =>
      s
        .hold({ [ROOM]: 2000 }, 720 * H, 3 * M)
        .wait(100 * H)
        .hold({ [ROOM]: 2000 }, 4 * M),
  },
  {
    rule: 'cold-room-humidity',
    fires: (s) => s.hold({ 'probe-1/humidity': 751 }, 11 * M),
    quiet: (s) => s.hold({ 'probe-1/humidity': 751 }, 9 * M).hold({ 'probe-1/humidity': 700 }, 5 * M),
    unknown: (s) => s.read('probe-1/humidity', null),
  },
  {
    rule: 'cold-room-rising',
    fires: warms(21),
    quiet: warms(20),
    unknown: (s) => s.hold({ [T1]: 300 }, 10 * M).read(T1, null),
  },
  {
    rule: 'cold-room-soon-warm',
    fires: warms(19),
    quiet: warms(5),
    unknown: { told: 'cold-room-rising', by: (s) => s.hold({ [T1]: 300 }, 10 * M).read(T1, null) },
  },
  {
    rule: 'cold-door-open',
    fires: (s) => s.hold({ [DOOR]: 1 }, 4 * M),
    quiet: (s) => s.hold({ [DOOR]: 1 }, 2 * M).hold({ [DOOR]: 0 }, 5 * M),
    unknown: (s) =>
      s
        .read(DOOR, 0)
        .read(DOOR, null)
        .wait(31 * M),
  },
  {
    rule: 'cold-room-warmer',
    fires: warms(11),
    quiet: warms(10),
    unknown: { told: 'cold-room-rising', by: (s) => s.hold({ [T1]: 300 }, 10 * M).read(T1, null) },
  },
  {
    rule: 'cold-room-warms-with-open-door',
    fires: (s) => {
      for (let i = 0; i < 20; i++)
        s.read(T1, 300 + i * 12)
          .read(DOOR, 1)
          .wait(M);
    },
    quiet: (s) => {
      for (let i = 0; i < 20; i++)
        s.read(T1, 300 + i * 12)
          .read(DOOR, 0)
          .wait(M);
    },
    unknown: (s) => s.hold({ [T1]: 300, [T2]: 30, [DOOR]: 0 }, 10 * M).read(DOOR, null),
  },
  {
    rule: 'sensor-silent',
    fires: (s) => s.hold({ [T1]: 500 }, 2 * M).wait(3 * M),
    quiet: (s) => s.hold({ [T1]: 500 }, 2 * M).wait(M),
    unknown: 'it is what tells of the unknown',
  },
  {
    rule: 'sensor-stuck',
    fires: (s) => s.hold({ [T1]: 500, [T2]: 40 }, 3 * H).hold({ [T1]: 500, [T2]: 46 }, 4 * H),
    quiet: (s) => s.hold({ [T1]: 500, [T2]: 40 }, 3 * H).hold({ [T1]: 501, [T2]: 46 }, 4 * H),
    unknown: (s) => s.hold({ [T1]: 500 }, M).read(T1, null),
  },
  {
    rule: 'sensor-jumps',
    fires: (s) => s.hold({ [T1]: 500 }, M).read(T1, 1001),
    quiet: (s) => s.hold({ [T1]: 500 }, M).read(T1, 1000),
    unknown: (s) => s.hold({ [T1]: 500 }, M).read(T1, null),
  },
  {
    rule: 'sensor-implausible',
    fires: (s) => s.read(T1, 8500),
    quiet: (s) => s.read(T1, 8490),
    unknown: (s) => s.read(T1, null),
  },
  {
    rule: 'sensor-differs',
    fires: (s) => s.hold({ [T1]: 500, [T2]: 81 }, 12 * M),
    quiet: (s) => s.hold({ [T1]: 500, [T2]: 80 }, 12 * M),
    unknown: (s) => s.hold({ [T1]: 500, [T2]: 50, 'probe-3/temperature': 500 }, M).read(T1, null),
  },
  {
    rule: 'sensor-corrected',
    fires: (s) => s.read('probe-1/correction', -5),
    quiet: (s) => s.read('probe-1/correction', 0),
    unknown: (s) => s.read('probe-1/correction', null),
  },
  {
    rule: 'calibration-due',
    fires: (s) => s.system(1).wait(335 * 24 * H),
    quiet: (s) => {
      s.system(1).wait(300 * 24 * H);
      return s
        .act('calibrate', 'cold-1')
        .act('calibrate', 'alone')
        .wait(300 * 24 * H);
    },
    unknown: 'what was not journaled as done is not done',
  },
  {
    rule: 'mains-lost',
    fires: (s) => s.read('ups-1/mains', 1).wait(11_000),
    quiet: (s) => s.read('ups-1/mains', 1).wait(9000).read('ups-1/mains', 0).wait(M),
    unknown: (s) =>
      s
        .read('ups-1/mains', 0)
        .read('ups-1/mains', null)
        .wait(11 * M),
  },
  {
    rule: 'mains-voltage-lost',
    fires: (s) => s.read('meter-1/voltage', 1799).wait(11_000),
    quiet: (s) => s.read('meter-1/voltage', 1800).wait(11_000),
    unknown: (s) => s.read('meter-1/voltage', null),
  },
  {
    rule: 'battery-low',
    fires: (s) => s.read('ups-1/charge', 29),
    quiet: (s) => s.read('ups-1/charge', 30),
    unknown: (s) => s.read('ups-1/charge', null),
  },
  {
    rule: 'truck-out-of-range',
    fires: (s) => s.read(TRUCK, 81),
    quiet: (s) => s.read(TRUCK, 80),
    unknown: (s) => s.read(TRUCK, null),
  },
  {
    rule: 'truck-mean-kinetic',
    fires: (s) => s.hold({ [TRUCK]: 82 }, 24 * H, 2 * M),
    quiet: (s) => s.hold({ [TRUCK]: 80 }, 24 * H, 2 * M),
    unknown: (s) =>
      s
        .hold({ [TRUCK]: 50 }, 24 * H, 2 * M)
        .wait(6 * H)
        .hold({ [TRUCK]: 50 }, 4 * M),
  },
  {
    rule: 'truck-sensor-silent',
    fires: (s) => s.read(TRUCK, 50).wait(5 * M),
    quiet: (s) => s.read(TRUCK, 50).wait(5 * M - 1),
    unknown: 'it is what tells of the unknown',
  },
  {
    rule: 'vaccine-45-degrees',
    fires: (s) => s.hold({ [BOX1]: 450 }, H),
    quiet: (s) => s.hold({ [BOX1]: 449 }, H),
    unknown: (s) => s.read(BOX1, null),
  },
  {
    rule: 'vaccine-30-degrees',
    fires: (s) =>
      s
        .hold({ [BOX2]: 300 }, 5 * H)
        .hold({ [BOX2]: 50 }, H)
        .hold({ [BOX2]: 300 }, 5 * H),
    quiet: (s) => s.hold({ [BOX2]: 299 }, 11 * H),
    unknown: (s) => s.read(BOX2, null),
  },
  {
    rule: 'vaccine-10-degrees',
    fires: (s) => s.hold({ [BOX2]: 100 }, 20 * H),
    quiet: (s) => s.hold({ [BOX2]: 100 }, 19 * H).hold({ [BOX1]: 100 }, 21 * H),
    unknown: (s) => s.read(BOX2, null),
  },
  {
    rule: 'vaccine-frozen',
    fires: (s) => s.hold({ [BOX1]: -5 }, H),
    quiet: (s) =>
      s
        .hold({ [BOX1]: -5 }, 59 * M)
        .hold({ [BOX1]: 0 }, M)
        .hold({ [BOX2]: -5 }, 2 * H),
    unknown: (s) => s.read(BOX1, null),
  },
  {
    rule: 'chilled-food-warm',
    fires: (s) => s.hold({ [CHILL]: 81 }, 11 * M),
    quiet: (s) => s.hold({ [CHILL]: 80 }, 11 * M),
    unknown: (s) => s.read(CHILL, null),
  },
  {
    rule: 'frozen-food-warm',
    fires: (s) => s.hold({ [FROZEN]: -179 }, 31 * M),
    quiet: (s) => s.hold({ [FROZEN]: -180 }, 31 * M),
    unknown: (s) => s.read(FROZEN, null),
  },
  {
    rule: 'frozen-food-exposed',
    fires: (s) => s.hold({ [FROZEN]: -119 }, 2 * H),
    quiet: (s) => s.hold({ [FROZEN]: -120 }, 3 * H),
    unknown: (s) => s.read(FROZEN, null),
  },
];
