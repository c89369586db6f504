import { afterEach, describe, expect, it } from 'vitest';
import { CONFIGURATION, Place, RULES } from '../data-directory.fixture.ts';
import { openArchive } from '../../buffer/archive.ts';
import { replay } from '../archive/replay.ts';
import { ownAnnouncement } from './own-announcement.ts';

const STREAM = 'probe-1/temperature';
const QUICK = RULES.replace('clear-after: 2 samples', 'clear-after: 1 sample');
const ROUTES = `  routes:
    - { id: shift, role: boss, channels: [duty] }
    - { id: people, role: duty, channels: [duty, dock] }
rules:`;

let place: Place;
afterEach(() => place[Symbol.dispose]());

function placeWith(more: string): Place {
  place = new Place(
    CONFIGURATION.replace('rules:\n', `${ROUTES}\n`).replace('notify:\n', `notify:\n${more}`),
    QUICK,
  );
  return place;
}

/** Who is told of which alarm of the alarm machine itself, by what waits in the outbox. */
function told(life: Awaited<ReturnType<Place['boot']>>): string[] {
  return life.journal.outbox
    .due(Number.MAX_SAFE_INTEGER, 1000)
    .flatMap(({ body }) =>
      body.kind === 'notice' && body.alarm.startsWith('gateway/') ? [`${body.alarm} ${body.role}`] : [],
    );
}

describe('the alarms of the alarm machine itself', () => {
  it('go to the role on duty, each once, however many alarms there are; a replay says the same', async () => {
    using life = await placeWith('').boot();
    for (let i = 0; i < 40; i++) life.read(STREAM, 90, 50);
    expect(told(life)).toEqual(['gateway/chattering-alarm duty', 'gateway/alarm-flood duty']);
    const { deciding } = life.core;
    const parts = { gateway: { en: 'Gate 1', zh: '一号网关' }, deciding };
    expect(ownAnnouncement('gateway/alarm-flood', parts)).toMatchObject({
      title: {
        en: 'Alarm flood: more than 10 alarms in 10 minutes; the first: Cold room above 8 °C',
        zh: '报警泛滥：10 分钟内超过 10 次报警，最早：冷库超温',
      },
      priority: 'high',
      calls: true,
      place: null,
    });
    expect(ownAnnouncement('gateway/chattering-alarm', parts).title.zh).toBe(
      '有报警反复跳变：一分钟内三次：冷库超温',
    );
    // Over, and a day later stale.
    life.pass(86_400_000);
    life.read(STREAM, 50);
    expect(told(life).slice(2)).toEqual(['gateway/stale-alarm duty']);
    expect(ownAnnouncement('gateway/stale-alarm', parts).title.en).toContain(
      '24 hours: Cold room above 8 °C',
    );
    expect(ownAnnouncement('gateway/alarm-flood', parts)).toMatchObject({ calls: false });
    life.blocks.seal();
    using archive = openArchive(place.data);
    const replayed = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
    expect(replayed).toMatchObject({ difference: null });
  });

  it.each([
    ['  alarm-system: shift\n', ['gateway/chattering-alarm boss', 'gateway/alarm-flood boss']],
    ['  alarm-system: none\n', []],
  ])('go where the configuration says: %j', async (more, wanted) => {
    using life = await placeWith(more).boot();
    for (let i = 0; i < 12; i++) life.read(STREAM, 90, 50);
    expect(told(life)).toEqual(wanted);
  });

  it('are refused a route that there is none of', async () => {
    await expect(placeWith('  alarm-system: shft\n').site()).rejects.toThrow('did you mean \\"shift\\"?');
  });
});
