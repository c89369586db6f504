import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SecretStore } from '../../config/secret.ts';
import type { LogRecord } from '../../domain/record.ts';
import { CONFIGURATION, Place } from '../data-directory.fixture.ts';
import { PushDesk } from './push-desk.ts';
import { PushStore } from './push-store.ts';
import { peopleOf } from './telling.ts';

const MORE = `notify:
  people: [{ id: wang, push: page }, { id: li, push: file:li.push }]
  roles: [{ id: duty, people: [wang, li] }]
  routes: [{ id: shift, role: duty, channels: [push] }]
  channels:
    - { id: push, kind: web-push, key: file:vapid.pem, contact: 'mailto:ops@site.example' }
`;
const USERS = `users:
  - { id: wang, number: 2, name: Wang Lei, role: operator, token-hash: 'sha256:${'a'.repeat(64)}' }
  - { id: li, number: 3, name: Li Na, role: operator, token-hash: 'sha256:${'b'.repeat(64)}' }
rules:
`;
const browser = (n: number) => ({
  endpoint: `https://push.example/canary-${n}`,
  keys: { p256dh: 'canary-key', auth: 'canary-auth' },
});

let place: Place;
beforeEach(() => {
  place = new Place(CONFIGURATION.replace('notify:\n  channels:\n', MORE).replace('rules:\n', USERS));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(place.root, 'vapid.pem'), pem, { mode: 0o600 });
  writeFileSync(join(place.root, 'li.push'), JSON.stringify(browser(9)), { mode: 0o600 });
});
afterEach(() => place[Symbol.dispose]());

it('keeps browsers of who is called by the page, over a restart, in files of their own; the record says whose', async () => {
  using life = await place.boot();
  const site = await place.site();
  const secrets = new SecretStore(place.root, { checked: true, directory: null });
  const desk = new PushDesk({
    site,
    secrets,
    add: (input) => {
      life.core.intake.accept([input]);
      return true;
    },
    now: () => life.core.clock.now(),
    over: new AbortController().signal,
  });
  expect(desk.state(2)).toMatchObject({ key: expect.stringMatching(/^[\w-]{87}$/), browsers: 0 });
  // Their browser stands in the configuration; nobody; the token of the data directory.
  for (const actor of [3, 0, 1]) {
    expect(desk.state(actor)).toEqual({ key: null, browsers: 0 });
    await expect(desk.subscribe(actor, 'operator', browser(1))).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
  }
  for (let n = 0; n < 10; n++) await desk.subscribe(2, 'operator', browser(n));
  await desk.subscribe(2, 'operator', browser(3));
  await expect(desk.subscribe(2, 'operator', browser(10))).rejects.toMatchObject({ code: 'CONFLICT' });
  await desk.unsubscribe(2, 'operator', browser(0).endpoint);
  await desk.unsubscribe(2, 'operator', 'https://push.example/unknown');

  const again = new PushStore(place.data);
  expect(again.of('wang').map((one) => one.endpoint.at(-1))).toEqual([
    '1',
    '2',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '3',
  ]);
  const people = peopleOf(site.people, secrets, again);
  expect(JSON.parse(people.get('wang')?.push?.reveal() ?? '')).toHaveLength(9);
  expect(JSON.parse(people.get('li')?.push?.reveal() ?? '')).toEqual(browser(9));
  expect(readdirSync(join(place.data, 'push'))).toEqual(['wang.json']);
  expect(statSync(join(place.data, 'push/wang.json')).mode & 0o077).toBe(0);
  const acts = life.records.filter((r: LogRecord) => r.type === 6).map((r) => r.body);
  expect(acts).toContainEqual([2, 'operator', 'subscribe', 'wang', null, null, '', 0]);
  expect(acts).toContainEqual([2, 'operator', 'unsubscribe', 'wang', null, null, '', 0]);
  expect(JSON.stringify(life.records)).not.toContain('canary');
});
