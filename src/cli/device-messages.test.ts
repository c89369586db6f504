import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MqttPublisher } from '../../test/mqtt-publisher.ts';
import { Bailee, eventually } from './bailee.fixture.ts';
import { shownBytes } from './device-words.ts';
import { freePort } from './demo/free-port.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-messages-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('messages of a broker', () => {
  it('are watched as the text they are, each with its topic', async () => {
    const port = await freePort();
    const file = join(root, 'gateway.yaml');
    writeFileSync(
      file,
      `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
listen: { port: 0 }
zones: [{ id: cold-1 }]
devices:
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:${port}
    devices: [{ id: probe-1, topic: site/probe-1, profile: zigbee2mqtt-climate, every: 10s, zone: cold-1 }]
`,
    );
    using watch = new Bailee(['devices', file, '--watch']);
    await eventually(
      () => watch.stdout,
      () => watch.stdout.includes(' mq ok\n'),
    );
    using publisher = await MqttPublisher.open(port, 'probe-1');
    // What is only watched is not acknowledged, so that it comes again to the gateway.
    for (const payload of ['{"temperature":4.31,"humidity":61.2}', '\u0000\u0001\u0002\u0003']) {
      publisher.publish('site/probe-1', payload).catch(() => undefined);
    }
    await eventually(
      () => watch.stdout,
      () => watch.stdout.includes('refused'),
    );
    expect(watch.stdout).toContain(' mq < site/probe-1 {"temperature":4.31,"humidity":61.2}\n');
    expect(watch.stdout).toContain(' probe-1/temperature 4.31 °C\n');
    expect(watch.stdout).toContain(' mq < site/probe-1 00 01 02 03\n');
    expect((await watch.stop()).code).toBe(0);
  });
});

describe('bytes as a person reads them', () => {
  it.each([
    ['text', '{\r\n  "库房": 4.3\r\n}\n', '{ "库房": 4.3 }'],
    ['a sentence of a line', '$GPGGA,123519*47\r\n', '$GPGGA,123519*47'],
  ])('%s is text', (_, text, shown) => {
    expect(shownBytes(Buffer.from(text).toString('hex'))).toBe(shown);
  });

  it.each([
    ['a picture', 'ffd8ffe000104a46', 'ff d8 ff e0 00 10 4a 46'],
    ['a frame of numbers', '010300000002c40b', '01 03 00 00 00 02 c4 0b'],
    [
      'a frame of text with control characters',
      '022b30303230303032314203',
      '02 2b 30 30 32 30 30 30 32 31 42 03',
    ],
    ['a few bytes that could be anything', '303132', '30 31 32'],
    ['nothing', '', ''],
  ])('%s is hex', (_, hex, shown) => {
    expect(shownBytes(hex)).toBe(shown);
  });
});
