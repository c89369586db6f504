import type { Case } from './catalogue.ts';
import type { Story } from './depot.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const FENCE = 'fence-1/zone-1';
const RADAR = 'radar-1/intrusion';
const SHELF = 'reader-1/shelf';
const DOCK = 'portal-1/dock';
const GATE = 'gate-1/position';
const SCALE = 'scale-1/weight';
const ROUTE = 'truck-7/on-route-road';
const TAGS = ['3001', '3002', '3003', '3004', '3005'];
const QUIET = { [FENCE]: 0, [RADAR]: 0, 'fence-1/armed': 1 };
const STANDS = {
  'truck-7/speed': 0,
  'truck-7/inside-depot': 0,
  'truck-7/inside-customer': 0,
  'truck-7/door': 0,
};

type Told = Story;

/** A reader that tells of its tags each minute. */
function look(s: Told, tags: readonly string[], minutes: number): Told {
  for (let i = 0; i < minutes; i++) {
    for (const tag of tags) s.tag(SHELF, tag);
    s.round(SHELF, tags.length).wait(M);
  }
  return s;
}

/** Goods, yard, vehicles and the gateway itself. */
export const GOODS: readonly Case[] = [
  {
    rule: 'goods-leave',
    fires: (s) => s.orders({}).tag(DOCK, '3001', 1).wait(S).tag(DOCK, '3001', 3),
    quiet: (s) => s.tag(DOCK, '3001', 3).wait(S).tag(DOCK, '3001', 1).wait(M),
    unknown: (s) => s.tag(DOCK, '3001', 1).wait(S).tag(DOCK, '3001', 3).wait(S),
  },
  {
    rule: 'release-excess',
    fires: (s) => s.orders({ '3001': 'excess' }).tag(DOCK, '3001', 1).wait(S).tag(DOCK, '3001', 3),
    quiet: (s) => s.orders({ '3001': 'released' }).tag(DOCK, '3001', 1).wait(S).tag(DOCK, '3001', 3).wait(M),
    unknown: { told: 'goods-leave', by: (s) => s.tag(DOCK, '3001', 1).wait(S).tag(DOCK, '3001', 3).wait(S) },
  },
  {
    rule: 'gate-contradicted',
    fires: (s) => s.release(5, 'contradiction: two answers at finality differ'),
    quiet: (s) => s.release(5, 'state: the order is requested'),
    unknown: 'what the gate did not journal it did not do',
  },
  {
    rule: 'break-glass-used',
    fires: (s) => s.release(6, 'gate-1 by 3 and 4'),
    quiet: (s) => s.release(3, 'gate-1'),
    unknown: 'the act itself opens, and is on record',
  },
  {
    rule: 'tags-disappear',
    fires: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 2), 12),
    quiet: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 2), 8),
    unknown: (s) => look(s, TAGS, 3).wait(20 * M),
  },
  {
    rule: 'tag-missing',
    fires: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 4), 32),
    quiet: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 4), 29),
    unknown: { told: 'tags-disappear', by: (s) => look(s, TAGS, 3).wait(20 * M) },
  },
  {
    rule: 'tag-swapped',
    fires: (s) => s.read('reader-1/shelf-conflicts', 0).read('reader-1/shelf-conflicts', 1),
    quiet: (s) => s.read('reader-1/shelf-conflicts', 0).read('reader-1/shelf-tags', 3),
    unknown: 'a silent reader decides nothing here; tags-disappear says so',
  },
  {
    rule: 'weight-changes',
    fires: (s) => s.hold({ [SCALE]: 10_000 }, 3 * M).hold({ [SCALE]: 9949 }, M),
    quiet: (s) =>
      s
        .hold({ [SCALE]: 10_000 }, 3 * M)
        .hold({ [SCALE]: 9950 }, M)
        .moved({ orders: ['ab'.repeat(32)] })
        .hold({ [SCALE]: 4000 }, M)
        .moved({})
        .hold({ [SCALE]: 4000 }, 3 * M),
    unknown: (s) =>
      s
        .hold({ [SCALE]: 10_000 }, 3 * M)
        .read(SCALE, null)
        .wait(11 * M),
  },
  {
    rule: 'count-due',
    fires: (s) => s.system(1).wait(24 * H),
    quiet: (s) =>
      s
        .system(1)
        .wait(20 * H)
        .act('count', 'yard')
        .wait(20 * H),
    unknown: 'what was not journaled as done is not done',
  },
  {
    rule: 'full-count-due',
    fires: (s) => s.system(1).wait(720 * H),
    quiet: (s) =>
      s
        .system(1)
        .wait(700 * H)
        .act('full-count', 'reader-1')
        .wait(700 * H),
    unknown: 'what was not journaled as done is not done',
  },
  {
    rule: 'count-differs',
    fires: (s) =>
      s
        .stock({ counted: 39 })
        .wait(5 * M)
        .stock({ counted: 39 }),
    quiet: (s) =>
      s
        .stock({ counted: 39 })
        .wait(5 * M)
        .stock({ counted: 40 })
        .wait(M)
        .stock({ counted: 39 }),
    unknown: (s) => s.stock({ counted: null }).wait(S),
  },
  {
    rule: 'below-floor',
    fires: (s) => s.stock({ attested: 31 }),
    quiet: (s) => s.stock({ attested: 32 }),
    unknown: (s) => s.stock({ attested: 40, freshMs: H }).wait(2 * H),
  },
  {
    rule: 'weight-not-declared',
    fires: (s) => s.stock({ ticket: { net: 20_061, declared: 20_000 } }),
    quiet: (s) => s.stock({ ticket: { net: 20_060, declared: 20_000, gross: 35_060, tare: 15_000 } }),
    unknown: 'a ticket that declares nothing differs from nothing',
  },
  {
    rule: 'fence-alarm',
    fires: (s) => s.read('fence-1/armed', 1).read(FENCE, 1),
    quiet: (s) => s.read('fence-1/armed', 0).read(FENCE, 1),
    unknown: (s) =>
      s
        .read(FENCE, 0)
        .read(FENCE, null)
        .wait(2 * M),
  },
  {
    rule: 'fence-line-fault',
    fires: (s) => s.read(FENCE, 3).wait(S),
    quiet: (s) => s.read(FENCE, 1).wait(S),
    unknown: { told: 'fence-alarm', by: (s) => s.read(FENCE, null) },
  },
  {
    rule: 'tamper',
    fires: (s) => s.read('fence-1/tamper', 1),
    quiet: (s) => s.read('fence-1/tamper', 0),
    unknown: (s) => s.read('fence-1/tamper', null),
  },
  {
    rule: 'person-in-yard',
    fires: (s) =>
      s
        .read('fence-1/armed', 1)
        .read(RADAR, 1)
        .wait(2 * S),
    quiet: (s) => s.read(RADAR, 1).wait(S).read(RADAR, 0).wait(M),
    unknown: (s) => s.read(RADAR, null),
  },
  {
    rule: 'pledged-tag-lost',
    fires: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 4), 7),
    quiet: (s) => look(look(s, TAGS, 3), TAGS.slice(0, 4), 4),
    unknown: (s) => look(s, TAGS, 3).wait(10 * M),
  },
  {
    rule: 'intrusion',
    fires: (s) =>
      s
        .hold(QUIET, M)
        .read(FENCE, 1)
        .wait(50 * S)
        .read(RADAR, 1)
        .wait(2 * S),
    quiet: (s) =>
      s
        .hold(QUIET, M)
        .read(FENCE, 1)
        .wait(S)
        .read(FENCE, 0)
        .wait(2 * M)
        .read(RADAR, 1)
        .wait(3 * S),
    unknown: (s) =>
      look(s.hold(QUIET, M), TAGS, 2)
        .read(FENCE, 0)
        .read(FENCE, null)
        .wait(10 * M),
  },
  {
    rule: 'fence-not-armed',
    // The story begins at 16:00 there.
    fires: (s) =>
      s
        .wait(6 * H)
        .read('fence-1/armed', 0)
        .wait(M)
        .read('fence-1/armed', 0),
    quiet: (s) =>
      s
        .wait(5 * H)
        .read('fence-1/armed', 0)
        .wait(M),
    unknown: (s) => s.wait(7 * H).read('fence-1/armed', null),
  },
  {
    rule: 'fence-disarmed',
    fires: (s) => s.hold({ 'fence-1/armed': 0 }, 31 * M),
    quiet: (s) => s.hold({ 'fence-1/armed': 0 }, 29 * M).hold({ 'fence-1/armed': 1 }, 5 * M),
    unknown: (s) => s.read('fence-1/armed', null),
  },
  {
    rule: 'barrier-forced',
    fires: (s) =>
      s
        .read(GATE, 0)
        .wait(M)
        .read(GATE, 1)
        .wait(2 * S),
    quiet: (s) =>
      s
        .read(GATE, 0)
        .command('gate-1', 'barrier-open')
        .wait(5 * S)
        .read(GATE, 1)
        .wait(M),
    unknown: (s) => s.read(GATE, 0).read(GATE, null),
  },
  {
    rule: 'barrier-fault',
    fires: (s) =>
      s
        .read(GATE, 0)
        .command('gate-1', 'barrier-open')
        .wait(10 * S),
    quiet: (s) =>
      s
        .read(GATE, 0)
        .command('gate-1', 'barrier-open')
        .wait(9 * S)
        .read(GATE, 1)
        .wait(M),
    unknown: (s) => s.read(GATE, 0).read(GATE, null),
  },
  {
    rule: 'camera-frozen',
    fires: (s) => s.read('camera-1/frozen', 1),
    quiet: (s) => s.read('camera-1/frozen', 0),
    unknown: (s) => s.read('camera-1/frozen', null),
  },
  {
    rule: 'vehicle-off-route',
    fires: (s) => s.hold({ [ROUTE]: 0 }, 4 * M),
    quiet: (s) => s.hold({ [ROUTE]: 0 }, 2 * M).hold({ [ROUTE]: 1 }, 5 * M),
    unknown: (s) =>
      s
        .read(ROUTE, 1)
        .read(ROUTE, null)
        .wait(6 * M),
  },
  {
    rule: 'vehicle-stops',
    fires: (s) => s.hold(STANDS, 16 * M),
    quiet: (s) => s.hold({ ...STANDS, 'truck-7/inside-customer': 1 }, 16 * M),
    unknown: (s) =>
      s
        .hold({ ...STANDS, 'truck-7/speed': 300 }, M)
        .read('truck-7/speed', null)
        .wait(15 * M),
  },
  {
    rule: 'vehicle-door-open',
    fires: (s) => s.hold({ ...STANDS, 'truck-7/door': 1 }, 3 * M),
    quiet: (s) => s.hold(STANDS, 10 * M),
    unknown: (s) =>
      s
        .hold(STANDS, M)
        .read('truck-7/door', null)
        .wait(15 * M),
  },
  {
    rule: 'clock-stepped',
    fires: (s) => s.system(1).system(3, 2001),
    quiet: (s) => s.system(1).system(3, -2000),
    unknown: 'a step is in the journal or it was none',
  },
  {
    rule: 'device-clock-off',
    fires: (s) => {
      for (let i = 0; i < 3; i++) s.read('truck-7/temperature', 50, 0, s.t + 2 * M).wait(M);
    },
    quiet: (s) => {
      for (let i = 0; i < 3; i++) s.read('truck-7/temperature', 50, 0, s.t + M).wait(M);
    },
    unknown: 'a device that tells no time has none that is off',
  },
  {
    rule: 'configuration-changed',
    fires: (s) => s.rules(1).rules(2),
    quiet: (s) => s.rules(1).system(1).rules(1),
    unknown: 'what is in force is in the journal',
  },
  {
    rule: 'evidence-gap',
    fires: (s) => s.system(1).system(4, 3),
    quiet: (s) => s.system(1).system(8, 3),
    unknown: 'what was lost is in the journal',
  },
  {
    rule: 'log-contradicted',
    fires: (s) => s.system(1).outcome('ahead'),
    quiet: (s) => s.system(1).anchored().outcome('refused STALE_HEAD'),
    unknown: 'who was not reached is told by health, and has said nothing',
  },
  {
    rule: 'anchor-late',
    fires: (s) => s.system(1).wait(15 * M),
    quiet: (s) =>
      s
        .system(1)
        .wait(14 * M)
        .anchored()
        .wait(14 * M),
    unknown: 'what is not known to be anchored is not',
  },
];
