import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-people-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const PEOPLE = `
  time-zone: Asia/Shanghai
  people:
    - { id: wang, phone: '+8613800000001' }
    - { id: li, phone: file:li.phone, language: en }
    - { id: zhao, phone: '+8613800000003' }
    - { id: sun, mail: sun@site.example }
  shifts:
    - { id: day, from: '08:00', to: '20:00' }
    - { id: night, from: '20:00', to: '08:00' }
`;
const SMS = `
  channels:
    - id: sms
      kind: sms-http
      url: https://sms.example/send
      body: '{"to":"{phone}","text":"{text}"}'
      success: '"code":0'
`;

async function load(notify: string, more = '') {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(join(folder, 'li.phone'), '+8613800000002\n', { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: '0123456789abcdef', domain: site.example }\ndata: data\nnotify:${notify}${more}`,
  );
  return loadConfiguration(file, checkers, { shippedProfiles: folder, credentials: { checked: false } });
}

async function problems(notify: string, more = ''): Promise<string[]> {
  const result = await load(notify, more);
  return result.ok ? [] : result.problems.map((p) => `${p.line} ${p.path.slice(1).join('.')} ${p.message}`);
}

const roles = (text: string): string => `  roles:\n    - ${text}\n`;
const routes = (text: string): string => `  routes:\n    - ${text}\n`;
const DUTY = roles('{ id: duty, shifts: { day: [wang, li, zhao], night: [wang, zhao] } }');

describe('people, roles, shifts and routes', () => {
  it('are read, with the usual times of a chain', async () => {
    const chain = '{ id: chain, steps: [{ role: duty, channels: [sms] }, { role: duty, channels: [sms] }] }';
    const loaded = await load(PEOPLE + SMS + DUTY + routes(chain));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const [route] = loaded.value.routes;
    expect(route?.steps.map((s) => s.afterMs)).toEqual([
      { 1: 0, 2: 300_000, 3: 900_000, 4: 3_600_000 },
      { 1: 180_000, 2: 900_000, 3: 3_600_000, 4: null },
    ]);
    // 21:00 and 10:00 in Shanghai.
    expect(route?.people('duty', 'sms', Date.parse('2026-11-24T13:00:00Z'))).toEqual(['wang', 'zhao']);
    expect(route?.people('duty', 'sms', Date.parse('2026-11-24T02:00:00Z'))).toEqual(['wang', 'li', 'zhao']);
    expect(loaded.value.people.map((p) => p.phone)).toContain('file:li.phone');
  });

  it.each([
    [
      'a role nobody has at some hour',
      PEOPLE + SMS + roles('{ id: duty, shifts: { day: [wang] } }'),
      '21 roles.0 has nobody at Mon 00:00: give it a shift that covers this, or people who always have it',
    ],
    ['a role without people', PEOPLE + roles('{ id: duty }'), 'roles.0 has nobody: give it people'],
    [
      'an unknown channel',
      PEOPLE + SMS + DUTY + routes('{ id: r, role: duty, channels: [sms, smss] }'),
      'did you mean "sms"?',
    ],
    [
      'an unknown role',
      PEOPLE + SMS + DUTY + routes('{ id: r, role: dutty, channels: [sms] }'),
      'did you mean "duty"?',
    ],
    ['an unknown person', PEOPLE + roles('{ id: duty, people: [wong] }'), 'did you mean "wang"?'],
    ['an unknown shift', PEOPLE + roles('{ id: duty, shifts: { dya: [wang] } }'), 'did you mean "day"?'],
    [
      'somebody without the address',
      PEOPLE +
        SMS +
        roles('{ id: duty, people: [wang, sun] }') +
        routes('{ id: r, role: duty, channels: [sms] }'),
      'needs a phone of sun',
    ],
    ['a zone that is none', PEOPLE.replace('Shanghai', 'Shanghia'), 'must be a time zone'],
    ['shifts without a zone', PEOPLE.replace('time-zone: Asia/Shanghai', ''), 'need notify.time-zone'],
    [
      'a step that comes too early',
      PEOPLE +
        SMS +
        DUTY +
        routes(
          '{ id: r, steps: [{ role: duty, channels: [sms], after: 5m }, { role: duty, channels: [sms], after: 3m }] }',
        ),
      'no later than the step before',
    ],
    [
      'a route that is neither',
      PEOPLE + SMS + DUTY + routes('{ id: r }'),
      'must have a role and channels, or steps',
    ],
    ['an SMS that tells nobody', PEOPLE + SMS.replace('{phone}', '123'), 'must hold {phone}'],
  ])('%s is refused with line and what would be right', async (_, notify, said) => {
    const found = await problems(notify);
    expect(found.join('\n')).toContain(said);
    expect(found[0]).toMatch(/^\d+ /);
  });
});

const gsp = (role: string, after = 'after: 0s') =>
  problems(
    PEOPLE + SMS + roles(role) + routes(`{ id: r, steps: [{ role: duty, channels: [sms], ${after} }] }`),
    'profile: gsp\n',
  );

describe('the profile gsp', () => {
  it('needs three people by SMS at every hour, at once', async () => {
    expect(await gsp('{ id: duty, people: [wang, li, zhao] }')).toEqual([]);
    expect(
      (await gsp('{ id: duty, shifts: { day: [wang, li, zhao], night: [wang, zhao] } }')).join(),
    ).toContain('the best route here reaches 2');
    expect((await gsp('{ id: duty, people: [wang, li, zhao] }', 'after: 5m')).join()).toContain('reaches 0');
  });
});
