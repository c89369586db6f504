import { describe, expect, it } from 'vitest';
import { certificates, hasOpenssl, type Certificate } from '../certificates.fixture.ts';
import { MqttClient } from './client.ts';
import { opened } from './opened.fixture.ts';
import { until } from './raw.fixture.ts';

const why = hasOpenssl ? '' : ' (skipped: openssl is not installed)';
const device = {
  id: 'probe',
  topic: 'site/a',
  profile: 'json-generic',
  every: '60s',
  zone: 'cold',
  account: 'probe',
};
const settings = {
  id: 'mq',
  driver: 'mqtt',
  broker: 'embedded',
  listen: '127.0.0.1:0',
  cert: 'file:/cert',
  key: 'file:/key',
  ca: 'file:/ca',
  accounts: [{ user: 'probe', password: 'file:/password' }],
  devices: [device],
};

/** A client with this certificate; what became of it stands in `told`. */
function client(port: number, ca: string, mine: Certificate | undefined) {
  const told: string[] = [];
  const session = {
    clientId: 'c',
    version: 4 as const,
    user: 'probe',
    password: 'secret of file:/password',
    filters: [],
    maxPacket: 8192,
  };
  const mqtt = new MqttClient(
    { host: '127.0.0.1', port, tls: { ca, ...mine }, session },
    {
      message: () => undefined,
      oversize: () => undefined,
      denied: () => undefined,
      ready: () => told.push('ready'),
      lost: (reason) => told.push(reason),
    },
  );
  const stop = new AbortController();
  const running = mqtt.run(stop.signal);
  const dispose = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { mqtt, told, [Symbol.asyncDispose]: dispose };
}

describe('mutual TLS', () => {
  it.skipIf(!hasOpenssl)(`lets in who shows the certificate of its user, and nobody else${why}`, async () => {
    const { ca, of } = certificates('broker', 'probe', 'other');
    const other = certificates('probe');
    const own = of.get('broker');
    const secrets = { 'file:/ca': ca, 'file:/cert': own?.cert ?? '', 'file:/key': own?.key ?? '' };
    await using side = await opened(settings, true, secrets);
    {
      await using good = client(side.port, ca, of.get('probe'));
      await until(() => good.told.length > 0, 'an answer');
      expect(good.told).toEqual(['ready']);
      await good.mqtt.publish('site/a', '{"temperature":4.31}');
      expect(side.readings()).toEqual([{ stream: 'probe/temperature', v: 431, q: 0 }]);
    }
    for (const [mine, trusted] of [
      [of.get('other'), ca],
      [undefined, ca],
      [other.of.get('probe'), ca],
      [of.get('probe'), other.ca],
    ] as const) {
      await using bad = client(side.port, trusted, mine);
      await until(() => bad.told.length > 0, 'an answer');
      expect(bad.told[0]).not.toBe('ready');
    }
    expect(side.readings()).toHaveLength(1);
    expect(side.refusals()).toContain('mq: c may not sign in as probe');
  });
});
