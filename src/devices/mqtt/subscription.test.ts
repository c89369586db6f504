import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../domain/errors.ts';
import { check, closed } from '../schema.ts';
import { foreignBroker } from './foreign-broker.fixture.ts';
import { until } from './raw.fixture.ts';
import {
  openSubscription,
  SUBSCRIPTION_KEYS,
  subscriptionProblems,
  withoutSecret,
  type Ear,
} from './subscription.ts';

const schema = closed(SUBSCRIPTION_KEYS);

/** An open subscription to `a/#`, and what its ear was told. */
async function subscribed(entry: Record<string, unknown>, secret: () => Promise<string>) {
  const checked = check(schema, { id: 's', ...entry });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const told: string[] = [];
  const ear: Ear = {
    message: (topic, payload, retained, committed) => {
      told.push(`${topic} ${Buffer.from(payload).toString()}${retained ? ' (retained)' : ''}`);
      committed();
    },
    refuse: (detail, committed) => {
      told.push(`refused ${detail}`);
      committed?.();
    },
    up: () => told.push('up'),
    down: (reason) => told.push(`down ${reason}`),
    tick: () => undefined,
  };
  const env = { now: () => Date.now(), log: () => undefined, secret };
  const open = openSubscription(checked.value, { filters: ['a/#'], listen: () => ear }, env);
  const stop = new AbortController();
  const listening = open.pushing[0]?.subscribe(() => undefined, stop.signal);
  return {
    told,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await listening;
      await open[Symbol.asyncDispose]();
    },
  };
}

const none = (): Promise<string> =>
  Promise.reject(new ConfigError([{ path: ['password'], message: 'no such file' }]));

describe('a subscription', () => {
  it('hears its topics, comes back, and refuses what is too large without keeping it', async () => {
    await using broker = await foreignBroker();
    await using own = await subscribed({ url: `mqtt://127.0.0.1:${broker.port}`, 'max-packet': 1024 }, none);
    const { told } = own;
    await until(() => told.includes('up'), 'a connection');
    await broker.say('a/b', 'one');
    await broker.say('a/b', 'x'.repeat(2000));
    await broker.say('b', 'nothing');
    await until(() => told.length >= 3, 'both messages');
    expect(told).toEqual([
      'up',
      'a/b one',
      expect.stringMatching(/^refused a\/b: a message of 20\d\d bytes, at most 1024$/),
    ]);
    broker.cut();
    await until(() => told.at(-1) === 'up' && told.includes('down port-lost'), 'a new connection');
    await broker.say('a/c', 'two');
    await until(() => told.at(-1) === 'a/c two', 'the message after');
  });

  it('whose secret is not there says so, and stops at once when it is told to', async () => {
    await using broker = await foreignBroker();
    const entry = { url: `mqtt://127.0.0.1:${broker.port}`, user: 'u', password: 'file:/none' };
    await using own = await subscribed(entry, none);
    await until(() => own.told.length > 0, 'a word');
    expect(own.told).toEqual(['down cannot-start']);
  });
});

describe('its keys', () => {
  it('that go together are told when one is missing', () => {
    const entry = { url: 'mqtt://h', ca: 'file:/ca', key: 'file:/k', password: 'file:/p' };
    expect(subscriptionProblems(entry).map((p) => `${p.path.join('.')} ${p.message}`)).toEqual([
      'url must be mqtts:// to use certificates',
      'cert and key: go together',
      'password needs user:',
    ]);
    expect(subscriptionProblems({ url: 'mqtts://h', ca: 'file:/ca' })).toEqual([]);
  });

  it('show no secret', () => {
    const shown = { path: ['password'], message: 'must be a reference', found: 'hunter2' };
    expect(withoutSecret(shown)).toEqual({ path: ['password'], message: 'must be a reference' });
    expect(withoutSecret({ ...shown, path: ['url'] }).found).toBe('hunter2');
  });
});
