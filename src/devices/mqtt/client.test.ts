import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MqttClient, type ClientEvents } from './client.ts';
import { PATIENCE, type Patience } from './liveness.ts';
import { message, rawBroker, until, type Raw } from './raw.fixture.ts';

type Got = { topic: string; text: string; retained: boolean; committed: () => void };

const topic = 'site/a';
const quick: Patience = { keepaliveS: 10, connectMs: 300, pingAfterMs: 60, answerMs: 60, packetMs: 200 };

/** A client at `port` with everything that it was told. */
function start(port: number, patience: Patience = PATIENCE, version: 4 | 5 = 4) {
  const got: Got[] = [];
  const lost: string[] = [];
  const oversize: { topic: string; bytes: number; committed: () => void }[] = [];
  const events: ClientEvents = {
    message: (of, payload, retained, committed) =>
      got.push({ topic: of, text: Buffer.from(payload).toString(), retained, committed }),
    oversize: ({ topic: of, bytes }, committed) => oversize.push({ topic: of, bytes, committed }),
    denied: (filter) => lost.push(`denied ${filter}`),
    ready: () => undefined,
    lost: (reason) => lost.push(reason),
  };
  const session = { clientId: 'g', version, user: 'u', password: 'p', filters: [topic], maxPacket: 8192 };
  const client = new MqttClient({ host: '127.0.0.1', port, tls: null, session, patience }, events);
  const stop = new AbortController();
  const running = client.run(stop.signal);
  const dispose = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { client, got, lost, oversize, [Symbol.asyncDispose]: dispose };
}

const ids = (end: Raw) => end.all('puback').map((p) => p.messageId);

describe('the MQTT client', () => {
  it('asks for a session that outlives the connection', async () => {
    await using broker = await rawBroker();
    await using _ = start(broker.port);
    const end = await broker.welcome();
    expect(end.all('connect')[0]).toMatchObject({
      clientId: 'g',
      clean: false,
      username: 'u',
      keepalive: 10,
    });
    expect(end.all('subscribe')[0]?.subscriptions).toEqual([{ topic, qos: 1 }]);
  });

  it('sends no PUBACK before the commit, then those of one commit in order', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const end = await broker.welcome();
    end.send(message(topic, 'one', 7), message(topic, 'two', 8), message(topic, 'three', 9));
    await until(() => side.got.length === 3, 'three messages');
    await delay(50);
    expect(ids(end)).toEqual([]);
    side.got[0]?.committed();
    side.got[1]?.committed();
    await end.one('puback', 2);
    await delay(20);
    expect(ids(end)).toEqual([7, 8]);
    expect(side.got.map((g) => g.text)).toEqual(['one', 'two', 'three']);
  });

  it('answers nobody for a connection that is gone, and takes the same message again', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const first = await broker.welcome(1);
    first.send(message(topic, 'x', 7));
    await until(() => side.got.length === 1, 'the message');
    side.client.cut();
    const second = await broker.welcome(2);
    side.got[0]?.committed();
    second.send(message(topic, 'x', 7, true));
    await until(() => side.got.length === 2, 'the message again');
    await delay(20);
    expect([...ids(first), ...ids(second)]).toEqual([]);
    side.got[1]?.committed();
    expect((await second.one('puback')).messageId).toBe(7);
    expect(side.lost).toEqual(['cut']);
  });

  it('stops reading while a thousand wait, and loses none', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const end = await broker.welcome();
    const most = 40_000;
    for (let i = 0; i < most; i += 1000) {
      end.send(
        ...Array.from({ length: 1000 }, (_, j) =>
          message(topic, `${i + j}`.padEnd(100), 1 + ((i + j) % 65_535)),
        ),
      );
    }
    await until(() => side.got.length >= 1000, 'a thousand messages');
    await delay(100);
    expect(side.got.length).toBeLessThan(2000);
    let done = 0;
    while (done < most) {
      await until(() => side.got.length > done, `message ${done}`);
      while (done < side.got.length) side.got[done++]?.committed();
    }
    expect(side.got.map((g) => Number(g.text))).toEqual(Array.from({ length: most }, (_, i) => i));
    await until(() => end.all('puback').length === most, 'all acknowledgements');
  });

  it('passes over a packet that is too large, acknowledged after its refusal, and goes on', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const end = await broker.welcome();
    end.send(message(topic, 'x'.repeat(20_000), 5), message(topic, 'next', 6));
    await until(() => side.got.length === 1, 'the next message');
    expect(side.oversize).toMatchObject([{ topic, bytes: 20_010 }]);
    side.got[0]?.committed();
    await end.one('puback');
    expect(ids(end)).toEqual([6]);
    side.oversize[0]?.committed();
    await end.one('puback', 2);
    expect(ids(end)).toEqual([6, 5]);
  });

  it('completes QoS 2 after the commit, should a broker insist on it', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const end = await broker.welcome();
    end.send({ ...message(topic, 'x', 3), qos: 2 });
    await until(() => side.got.length === 1, 'the message');
    await delay(20);
    expect(end.all('pubrec')).toEqual([]);
    side.got[0]?.committed();
    await end.one('pubrec');
    end.send({ cmd: 'pubrel', messageId: 3 });
    expect((await end.one('pubcomp')).messageId).toBe(3);
  });

  it('finds a half-open connection, within 15 s with the patience it has', async () => {
    expect(PATIENCE.pingAfterMs + PATIENCE.answerMs * 1.5 + 1000).toBeLessThanOrEqual(15_000);
    await using broker = await rawBroker();
    await using side = start(broker.port, quick);
    const end = await broker.welcome();
    await end.one('pingreq');
    end.send({ cmd: 'pingresp' });
    await end.one('pingreq', 2);
    await until(() => side.lost.length === 1, 'the loss');
    expect(side.lost).toEqual(['no answer to a ping within 60 ms']);
    await broker.welcome(2);
  });

  it('finds it half-open after a pause, too', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port, quick);
    const end = await broker.welcome();
    end.send(...Array.from({ length: 1000 }, (_, i) => message(topic, 'x', i + 1)));
    await until(() => side.got.length === 1000, 'a thousand messages');
    await delay(400);
    expect(side.lost).toEqual([]);
    for (const { committed } of side.got) committed();
    await until(() => side.lost.length === 1, 'the loss');
    expect(side.lost).toEqual(['no answer to a ping within 60 ms']);
  });

  it('takes a byte now and then for no life, nor a broker that does not welcome', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port, quick);
    const end = await broker.welcome();
    const trickle = setInterval(() => end.socket.write(Buffer.of(0x30, 0x7f, 0)), 20);
    await until(() => side.lost.length === 1, 'the loss');
    clearInterval(trickle);
    await until(() => side.lost.length === 2, 'the second loss');
    expect(side.lost).toEqual(['a packet did not end within 200 ms', 'no connection after 300 ms']);
  });

  it.each<[string, Buffer, RegExp]>([
    ['a length that never ends', Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff), /length of a packet is not valid/],
    ['a packet only clients send', Buffer.of(0xc0, 0), /pingreq was not to be expected/],
    ['a huge SUBACK', Buffer.of(0x90, 0xff, 0xff, 0x7f), /a packet of 2097151 bytes/],
    ['a reserved type', Buffer.of(0x00, 2, 0, 0), /protocol error/],
  ])('ends the connection at %s', async (_, bytes, reason) => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    const end = await broker.welcome();
    end.socket.write(bytes);
    await until(() => side.lost.length === 1, 'the loss');
    expect(side.lost[0]).toMatch(reason);
  });

  it('publishes with QoS 1 and waits for the answer', async () => {
    await using broker = await rawBroker();
    await using side = start(broker.port);
    await expect(side.client.publish('cmnd/x', 'ON')).rejects.toMatchObject({ code: 'PORT_LOST' });
    const end = await broker.welcome();
    await delay(20);
    let answered = false;
    const publishing = side.client.publish('cmnd/x/POWER', 'ON').then(() => (answered = true));
    const { messageId = 0, topic: to, payload, qos } = await end.one('publish');
    expect([to, String(payload), qos]).toEqual(['cmnd/x/POWER', 'ON', 1]);
    await delay(20);
    expect(answered).toBe(false);
    end.send({ cmd: 'puback', messageId });
    await publishing;
    const lost = side.client.publish('cmnd/x/POWER', 'OFF');
    side.client.cut();
    await expect(lost).rejects.toMatchObject({ code: 'PORT_LOST' });
  });
});
