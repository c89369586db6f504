import { describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, until, WAIT_MS } from '../../devices/modbus/rig.fixture.ts';
import { openSerialLine } from '../../devices/serial-line.ts';
import { MESSAGE, WARM } from '../announcement.fixture.ts';
import type { Person } from '../people.ts';
import { modemChannel, type ModemSettings } from './channel.ts';
import { ModemSimulator, type ModemFault } from './simulator.ts';

const WANG = '+8613800000001';
const wang: Person = { id: 'wang', language: 'zh', phone: { reveal: () => WANG }, mail: null, push: null };
const message = { ...MESSAGE, role: 'duty/wang', about: { ...WARM, reply: '0042' } };
const never = new AbortController().signal;

const at = (path: string) =>
  openSerialLine({ path, baud: 115_200, dataBits: 8, parity: 'none', stopBits: 1 });

/** A modem at the far end of a real serial line, and the channel at its near end. */
async function world(over: Partial<ModemSettings> = {}, pin: string | null = null) {
  const cable = new Cable();
  await cable.plug();
  const [near, far] = [at(cable.near), at(cable.far)];
  await until(() => near.state.up && far.state.up, WAIT_MS);
  const modem = new ModemSimulator(far, pin);
  const replies: string[] = [];
  const channel = modemChannel(
    {
      id: 'sms',
      mode: 'pdu',
      pin: null,
      people: new Map([['wang', wang]]),
      timeZone: () => 'Asia/Shanghai',
      onReply: (number, text) => replies.push(`${number} ${text}`),
      ...over,
    },
    near,
  );
  return {
    cable,
    near,
    modem,
    replies,
    channel,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([near[Symbol.asyncDispose](), far[Symbol.asyncDispose]()]);
      await cable[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasSocat)(`a GSM modem on a serial line${ifSocat}`, () => {
  it('sends a long Chinese text in parts of one message', async () => {
    await using w = await world();
    await w.channel.send(message, never);
    expect(w.modem.sent.length).toBeGreaterThan(1);
    expect(new Set(w.modem.sent.map((s) => s.number))).toEqual(new Set([WANG]));
    const text = w.modem.sent.map((s) => s.text).join('');
    expect(text).toMatch(/^【高】冷库超温 - 三号冷库 一号库房\n回复“OK 0042”确认\n/);
    expect(text).toContain('8.4 °C');
  });

  it('sends one message in text mode, and unlocks the card', async () => {
    await using w = await world({ mode: 'text', pin: { reveal: () => '1234' } }, '1234');
    await w.channel.send(message, never);
    expect(w.modem.sent).toHaveLength(1);
    expect(w.modem.sent[0]?.number).toBe(WANG);
    expect(w.modem.sent[0]?.text).toContain('冷库超温');
  });

  it.each<[ModemFault, string]>([
    ['cms-error', '+CMS ERROR: 500'],
    ['no-network', 'no network (+CREG 2)'],
    ['no-sim', '+CME ERROR: 10'],
  ])('says what the modem says: %s', async (fault, said) => {
    await using w = await world();
    w.modem.fault = fault;
    await expect(w.channel.send(message, never)).rejects.toThrow(said);
    w.modem.fault = null;
    await w.channel.send(message, never);
    expect(w.modem.sent.length).toBeGreaterThan(0);
  });

  it('sends no part twice that the network has', async () => {
    await using w = await world();
    w.modem.fault = 'fails-second-part';
    await expect(w.channel.send(message, never)).rejects.toThrow('+CMS ERROR: 38');
    w.modem.fault = null;
    await w.channel.send(message, never);
    const parts = w.modem.sent.map((s) => s.part?.no);
    expect(parts).toEqual(parts.map((_, i) => i + 1));
  });

  it('tries a wrong PIN once, since three lock the card', async () => {
    await using w = await world({ pin: { reveal: () => '9999' } }, '1234');
    await expect(w.channel.send(message, never)).rejects.toThrow('refused its PIN: +CME ERROR: 16');
    await expect(w.channel.send(message, never)).rejects.toThrow('not ready: +CPIN: SIM PIN');
  });

  it('hears what people answer', async () => {
    await using w = await world();
    await w.channel.send(message, never);
    w.modem.receive(WANG, 'OK 0042');
    await until(() => w.replies.length === 1, WAIT_MS);
    expect(w.replies).toEqual([`${WANG} OK 0042`]);
  });

  it('fails at once while the line is pulled', async () => {
    await using w = await world();
    await w.cable.pull();
    await until(() => !w.near.state.up, WAIT_MS);
    await expect(w.channel.send(message, never)).rejects.toThrow('line is down');
  });
});
