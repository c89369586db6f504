import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlarmState } from '../../domain/alarm.ts';
import { RecordType } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import { AnswerDesk, loadAnswerKey } from './answer-desk.ts';
import { Place, type Life } from '../data-directory.fixture.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const WANG = '+8613800000001';
const LI = '+8613800000002';
const person = (id: string, phone: string) =>
  [id, { id, language: 'zh' as const, phone: { reveal: () => phone }, mail: null, push: null }] as const;

let place: Place;
let life: Life;
let desk: AnswerDesk;
let late: number;
beforeEach(async () => {
  place = new Place();
  life = await place.boot();
  late = 0;
  warm(95);
  desk = deskOf(loadAnswerKey(place.data));
});
afterEach(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function deskOf(key: Uint8Array): AnswerDesk {
  return new AnswerDesk({
    key,
    deciding: life.core.deciding,
    people: new Map([person('wang', WANG), person('li', LI)]),
    describe: () => ({ title: { en: 'Warm', zh: '超温' }, place: null }),
    add: (input: Input) => {
      life.core.intake.accept([input]);
      return true;
    },
    now: () => life.core.clock.now() + late,
    over: new AbortController().signal,
  });
}

function warm(v: number): void {
  const { core } = life;
  const slot = core.streams.find((s) => s.id === 'probe-1/temperature')?.slot ?? -1;
  core.intake.accept([{ records: [{ slot, t: core.clock.now(), type: RecordType.reading, body: [v, 0] }] }]);
}

const state = () => life.core.deciding.alarms.get(ALARM)?.state;
const acts = (): string[] =>
  [...life.journal.tailLeaves()]
    .filter((leaf) => leaf.type === RecordType.act)
    .map((leaf) => Buffer.from(leaf.body).toString());
const tokenOf = (called: string): string => desk.link(ALARM, called)?.split('/').at(-1) ?? '';

describe('an answer by link', () => {
  it('is one person of one call, on record with who and how, and good once', async () => {
    const token = tokenOf('duty/wang');
    expect(desk.look(token)).toMatchObject({ isOpen: true });
    expect([state(), acts()]).toEqual([AlarmState.unacknowledged, []]);
    await desk.acknowledge(token);
    expect(state()).toBe(AlarmState.acknowledged);
    expect(acts()).toHaveLength(1);
    expect(acts()[0]).toMatch(/duty\/wang.*acknowledge.*cold-room-warm.*by link/);
    await expect(desk.acknowledge(token)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(desk.look(token)).toMatchObject({ isOpen: false });
    expect(desk.link(ALARM, 'duty/wang')).toBeNull();
  });

  it('is worth nothing after a day, changed in any sign, or of another gateway', async () => {
    const token = tokenOf('duty/wang');
    for (let i = 0; i < token.length - 1; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(desk.look(`${token.slice(0, i)}${other}${token.slice(i + 1)}`)).toBeNull();
    }
    expect(deskOf(Buffer.alloc(32)).look(token)).toBeNull();
    late = 24 * 3_600_000 + 1000;
    expect(desk.look(token)).toBeNull();
    await expect(desk.acknowledge(token)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(state()).toBe(AlarmState.unacknowledged);
  });

  it('is given to people, not to roles', () => {
    expect([desk.link(ALARM, 'duty'), desk.code(ALARM, 'duty'), desk.link('no/such', 'duty/wang')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('an answer by SMS', () => {
  it.each(['OK {code}', 'ok{code}', '好的，确认 {code}', 'Ok: {code}!'])('acknowledges: %s', async (text) => {
    const code = desk.code(ALARM, 'duty/wang') ?? '';
    await desk.reply(WANG, text.replace('{code}', code));
    expect(state()).toBe(AlarmState.acknowledged);
    expect(acts()[0]).toMatch(/person\/wang.*by SMS/);
  });

  it('takes no code of somebody else, and says on record who tried', async () => {
    const code = desk.code(ALARM, 'duty/wang') ?? '';
    await desk.reply(LI, `OK ${code}`);
    expect(state()).toBe(AlarmState.unacknowledged);
    expect(acts()[0]).toMatch(/person\/li.*is the code of no alarm/);
  });

  it('leaves no record of strangers, nor of what is no answer', async () => {
    await desk.reply('+4915112345678', `OK ${desk.code(ALARM, 'duty/wang')}`);
    await desk.reply(WANG, 'who is this?');
    await desk.reply(WANG, 'OK 12345');
    expect([state(), acts()]).toEqual([AlarmState.unacknowledged, []]);
  });
});
