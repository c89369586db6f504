import { afterEach, beforeEach, expect, it } from 'vitest';
import { WARM } from './announcement.fixture.ts';
import { notice, Rig, until } from './dispatch.fixture.ts';
import { openReceiver } from './receiver.fixture.ts';
import { robotChannel } from './robot.ts';
import type { Announcement, Channel, Message } from './port.ts';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig[Symbol.asyncDispose]());

/** Alarm `a7` is of place `p7`; those that end in 9 are urgent. */
const announce = ({ alarm }: { readonly alarm: string }): Announcement => ({
  ...WARM,
  alarm,
  title: { en: `Title ${alarm}`, zh: `标题 ${alarm}` },
  priority: alarm.endsWith('9') ? 'urgent' : 'high',
  place: { en: `p${alarm.slice(1)}`, zh: '' },
});
const inOnePlace = (order: { readonly alarm: string }) => ({ ...announce(order), place: WARM.place });
const of = (i: number, channel: string, alarm = `a${i}`) => {
  const entry = notice(`n${i}`, channel);
  return { ...entry, body: { kind: 'notice' as const, alarm, channel, role: 'duty/wang' } };
};

it('ten thousand alarms are a few messages that name them all, the urgent ones first, and none is lost', async () => {
  await using receiver = await openReceiver(() => ({ body: '{"errcode":0}' }));
  const messages: Message[] = [];
  const robot = robotChannel({
    id: 'r',
    kind: 'wecom',
    url: { reveal: () => receiver.url },
    secret: null,
    lan: true,
    timeZone: () => 'UTC',
  });
  const channel: Channel = {
    ...robot,
    send: (message, signal) => {
      messages.push(message);
      return robot.send(message, signal);
    },
  };
  const n = 10_000;
  for (let i = 0; i < n; i++) rig.box.put(of(i, 'r'));
  rig.start({ r: channel }, { announce });
  await until(() => rig.box.told.length === n);
  expect(new Set(rig.box.told.map(([key]) => key)).size).toBe(n);
  expect(rig.box.told.every(([, , o]) => o.result === 'delivered')).toBe(true);
  expect(receiver.calls.length).toBeLessThanOrEqual(3);
  const told = messages.flatMap((m) => [m.about, ...m.others].map((a) => a.alarm));
  expect(new Set(told).size).toBe(n);
  const [first] = messages;
  const priorities = [first?.about, ...(first?.others ?? [])].map((a) => a?.priority);
  expect(priorities.lastIndexOf('urgent')).toBeLessThan(priorities.indexOf('high'));
  expect(receiver.calls[0]?.body).toMatch(/共 \d+ 项报警：【紧急】标题 a\d*9/);
});

it('alarms of one place are one message, and one more with the rest; what is worse does not wait', async () => {
  const said: string[][] = [];
  let clock = 0;
  const channel: Channel = {
    lane: 'channel:c',
    pace: { perMinute: 10, incidentMs: 60_000 },
    send: ({ about, others }) => {
      said.push([about, ...others].map((a) => a.alarm));
      return Promise.resolve();
    },
  };
  const at = Date.now();
  const now = (): number => at + clock;
  const dispatcher = rig.start({ c: channel }, { announce: inOnePlace, now });
  const put = (i: number): void => {
    rig.box.put({ ...of(i, 'c'), t: now() });
    dispatcher.wake();
  };
  put(1);
  await until(() => said.length === 1);
  put(2);
  put(3);
  await until(() => dispatcher.lanes[0]?.waiting === 2);
  put(19);
  await until(() => said.length === 2);
  // What was urgent took along what waited; the next ones wait for the minute.
  put(4);
  put(5);
  await until(() => dispatcher.lanes[0]?.waiting === 2);
  expect(said).toEqual([['a1'], ['a19', 'a2', 'a3']]);
  clock += 60_000;
  rig.box.put({ ...of(6, 'c'), t: now() });
  dispatcher.wake();
  await until(() => said.length === 3);
  expect(said[2]).toEqual(['a4', 'a5', 'a6']);
  expect(rig.box.rows.size).toBe(0);
});

it('told again in other company it is another message, so that nobody takes the company for known', async () => {
  const sent: Message[] = [];
  const channel: Channel = {
    lane: 'channel:c',
    pace: { perMinute: 30, incidentMs: 0 },
    send: (message) => Promise.resolve(void sent.push(message)),
  };
  rig.box.put(of(1, 'c'));
  // Sent, and the process dies before the commit that settles it.
  const dead = Promise.withResolvers<void>();
  rig.box.gate = dead.promise;
  rig.start({ c: channel }, { announce });
  await until(() => sent.length === 1);
  rig.box.put(of(2, 'c'));
  await using next = new Rig();
  rig.box.rows.forEach((row) => next.box.put(row));
  next.start({ c: channel }, { announce });
  await until(() => next.box.rows.size === 0);
  const [alone, both] = sent;
  expect(sent).toHaveLength(2);
  expect(alone?.notices).toEqual([alone?.id]);
  expect(both?.notices).toHaveLength(2);
  expect(both?.notices).toContain(alone?.id);
  expect(both?.notices).not.toContain(both?.id);
  dead.resolve();
});
