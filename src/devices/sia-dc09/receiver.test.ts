import { describe, expect, it } from 'vitest';
import { encrypt, decrypt, keyOf } from './cipher.ts';
import { decodeContent, decodeEnvelope, encodeContent, encodeEnvelope, type Envelope } from './codec.ts';
import { FrameScanner } from './frame.ts';
import { Panel } from './panel.ts';
import { Receiver, type Taken } from './receiver.ts';
import { planDc09, type Plan } from './settings.ts';

const NOW = Date.UTC(2026, 8, 25, 14, 12, 4);
const KEY = keyOf('000102030405060708090a0b0c0d0e0f') ?? new Uint8Array();

function plan(): Plan {
  const checked = planDc09({
    id: 'alarms',
    listen: '127.0.0.1:0',
    panels: [
      {
        id: 'panel-1',
        account: '1234',
        every: '10s',
        zone: 'yard',
        inputs: [
          { id: 'fence-3', number: 15, partition: 1 },
          { id: 'armed', is: 'armed' },
        ],
      },
      {
        id: 'panel-2',
        account: 'ab12',
        secret: 'file:key',
        every: '10s',
        inputs: [{ id: 'gate', number: 1 }],
      },
    ],
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

class Rig {
  now = NOW;
  monotonic = 0;
  readonly panels = plan().settings.panels.map((p) => new Panel(p, 60_000, 0));
  readonly receiver = new Receiver(
    plan().settings,
    new Map(this.panels.map((p) => [p.settings.account, p])),
    new Map([['AB12', KEY]]),
    () => this.now,
  );

  take(body: string): Taken {
    return this.receiver.take({ ok: true, body }, this.monotonic);
  }

  clear(id: string, sequence: number, data: string, time: number | null = this.now, account = '1234'): Taken {
    const rest = encodeContent({ data, time });
    return this.take(encodeEnvelope({ ...HEAD, id, sequence, account, rest }));
  }

  sealed(id: string, sequence: number, data: string, time: number | null = this.now, key = KEY): Taken {
    const rest = encrypt(encodeContent({ data, time }), key);
    return this.take(encodeEnvelope({ ...HEAD, id, isEncrypted: true, sequence, account: 'AB12', rest }));
  }
}

const HEAD: Envelope = {
  id: '',
  isEncrypted: false,
  sequence: 0,
  receiver: 'R2',
  line: 'L0',
  account: '1234',
  rest: '',
};

function answered({ answer }: Taken): Envelope | null {
  const [heard] = answer === null ? [] : new FrameScanner().push(answer);
  return heard?.ok === true ? decodeEnvelope(heard.body) : null;
}

const said = ({ arrival }: Taken): unknown[] => arrival.readings.map((r) => [r.stream, r.v]);
const refused = ({ arrival }: Taken): unknown[] =>
  (arrival.refusals ?? []).map((r) => [r.device, r.code, r.detail]);

describe('the receiver', () => {
  it('answers a message with ACK, its sequence, line and account', () => {
    const rig = new Rig();
    const taken = rig.clear('ADM-CID', 3, '#1234|1130 01 015');
    expect(taken.arrival.readings).toEqual([
      { stream: 'panel-1/link', v: 1, q: 0 },
      { stream: 'panel-1/fence-3', v: 1, q: 0, sourceAt: NOW },
    ]);
    expect(answered(taken)).toEqual({ ...HEAD, id: 'ACK', sequence: 3, rest: ']' });
    const restored = rig.clear('SIA-DCS', 4, '#1234|Nri1/BR15');
    expect(said(restored)).toEqual([
      ['panel-1/link', 1],
      ['panel-1/fence-3', 0],
    ]);
  });

  it('takes a message once and acknowledges it each time', () => {
    const rig = new Rig();
    rig.clear('ADM-CID', 3, '#1234|1130 01 015');
    const again = rig.clear('ADM-CID', 3, '#1234|1130 01 015');
    expect([said(again), refused(again), answered(again)?.id]).toEqual([[], [], 'ACK']);
    // The same event of a later second is another.
    rig.now += 1000;
    expect(said(rig.clear('ADM-CID', 3, '#1234|1130 01 015'))).toHaveLength(2);
  });

  it('knows a repeat after a restart by the last reading of the journal', () => {
    const rig = new Rig();
    for (const panel of rig.panels) panel.seed([{ stream: 'panel-1/fence-3', v: 1, q: 0, sourceAt: NOW }]);
    expect(said(rig.clear('ADM-CID', 3, '#1234|1130 01 015'))).toEqual([['panel-1/link', 1]]);
    expect(said(rig.clear('ADM-CID', 4, '#1234|3130 01 015'))).toEqual([
      ['panel-1/link', 1],
      ['panel-1/fence-3', 0],
    ]);
  });

  it('a link test says that what was said last stands; what was never said is unknown', () => {
    const rig = new Rig();
    expect(said(rig.clear('NULL', 0, '', null))).toEqual([['panel-1/link', 1]]);
    rig.clear('ADM-CID', 1, '#1234|3401 01 002');
    rig.monotonic += 10_000;
    expect(said(rig.clear('NULL', 0, '', null))).toEqual([
      ['panel-1/link', 1],
      ['panel-1/armed', 1],
    ]);
    // More often than half of every is no news.
    expect(said(rig.clear('NULL', 0, '', null))).toEqual([]);
    // Events lost by the panel: nothing it said stands.
    expect(said(rig.clear('ADM-CID', 2, '#1234|1624 00 000'))).toEqual([
      ['panel-1/link', 1],
      ['panel-1/armed', null],
    ]);
  });

  it('a periodic test is a sign of life and no refusal', () => {
    const taken = new Rig().clear('ADM-CID', 1, '#1234|1602 00 000');
    expect([said(taken), refused(taken)]).toEqual([[['panel-1/link', 1]], []]);
  });

  it('an event of no input is refused, counted and acknowledged: it must not block those behind it', () => {
    const taken = new Rig().clear('ADM-CID', 1, '#1234|1130 01 016');
    expect(refused(taken)).toEqual([
      ['panel-1', 'REFUSED', 'event 1130 of partition 1, zone 16 is no input'],
    ]);
    expect(answered(taken)?.id).toBe('ACK');
  });

  it('an alarm counts however wrong the clock of the panel is', () => {
    const [taken] = [new Rig().clear('ADM-CID', 1, '#1234|1130 01 015', NOW - 3_600_000)];
    expect(taken.arrival.readings[1]).toEqual({ stream: 'panel-1/fence-3', v: 1, q: 16 });
  });

  it.each([
    ['another account', '"NULL"0000L0#9999[]', 'alarms', 'account 9999 is none of the panels', 'DUH'],
    ['another kind', '"XYZ"0001L0#1234[]', 'panel-1', 'messages of kind XYZ are not understood', 'DUH'],
    ['data of no kind', '"ADM-CID"0001L0#1234[#1234|x]', 'panel-1', 'data "#1234|x" of ADM-CID', 'DUH'],
    [
      'data of another account',
      '"SIA-DCS"0001L0#1234[#1235|Nri1/BA1]',
      'panel-1',
      'data "#1235|Nri1/BA1" of SIA-DCS',
      'DUH',
    ],
    ['content without an end', '"NULL"0000L0#1234[', 'panel-1', 'content ""', 'DUH'],
    [
      'encryption without a secret',
      '"*NULL"0000L0#1234[00]',
      'panel-1',
      'an encrypted message, and no secret is configured for the panel',
      'DUH',
    ],
    [
      'no encryption though there is a secret',
      '"NULL"0000L0#AB12[]',
      'panel-2',
      'a message that is not encrypted, though the panel has a secret',
      'DUH',
    ],
    ['no message', 'hello', 'alarms', '"hello" is no message', undefined],
  ])('refuses %s', (_name, body, device, detail, answer) => {
    const taken = new Rig().take(body);
    expect(refused(taken)).toEqual([[device, expect.stringMatching(/^(REFUSED|MALFORMED)$/), detail]]);
    expect(said(taken)).toEqual([]);
    expect(answered(taken)?.id).toBe(answer);
  });

  it('a wrong checksum is counted and not answered', () => {
    const taken = new Rig().receiver.take({ ok: false, code: 'CHECKSUM', detail: 'checksum 1' }, 0);
    expect([refused(taken), taken.answer]).toEqual([[['alarms', 'CHECKSUM', 'checksum 1']], null]);
  });

  it('decrypts, and answers encrypted', () => {
    const rig = new Rig();
    const taken = rig.sealed('ADM-CID', 7, '#AB12|1130 01 001');
    expect(said(taken)).toEqual([
      ['panel-2/link', 1],
      ['panel-2/gate', 1],
    ]);
    const ack = answered(taken);
    expect(ack).toMatchObject({ id: 'ACK', isEncrypted: true, sequence: 7, account: 'AB12' });
    expect(decodeContent(decrypt(ack?.rest ?? '', KEY) ?? '')).toEqual({ data: '', time: NOW });
  });

  it('refuses an encrypted message of another key, another time or no time', () => {
    const rig = new Rig();
    const other = rig.sealed(
      'ADM-CID',
      1,
      '#AB12|1130 01 001',
      NOW,
      KEY.map((b) => b ^ 0xff),
    );
    expect(refused(other)).toEqual([['panel-2', 'REFUSED', 'a message that the secret does not decrypt']]);
    expect(answered(other)?.id).toBe('DUH');
    for (const [time, why] of [
      [NOW - 61_000, 'a time stamp -61 s from now'],
      [NOW + 61_000, 'a time stamp 61 s from now'],
      [null, 'no time stamp'],
    ] as const) {
      const taken = rig.sealed('NULL', 0, '', time);
      expect(refused(taken)).toEqual([['panel-2', 'REFUSED', `an encrypted message with ${why}`]]);
      // NAK is never encrypted and tells the panel our time.
      expect(answered(taken)).toMatchObject({
        id: 'NAK',
        isEncrypted: false,
        rest: ']_14:12:04,09-25-2026',
      });
    }
  });

  it('a recording played back within the window says nothing and proves no life', () => {
    const rig = new Rig();
    rig.sealed('ADM-CID', 7, '#AB12|1130 01 001');
    rig.now += 30_000;
    rig.monotonic += 30_000;
    const panel = rig.panels[1];
    expect(said(rig.sealed('ADM-CID', 7, '#AB12|1130 01 001', NOW))).toEqual([]);
    expect(panel?.watch(rig.monotonic)).toEqual({
      readings: [{ stream: 'panel-2/link', v: null, q: 0 }],
      health: [{ device: 'panel-2', healthy: false, reason: 'timeout' }],
    });
    expect(panel?.watch(rig.monotonic + 9000).readings).toEqual([]);
    expect(panel?.watch(rig.monotonic + 10_000)).toMatchObject({ readings: [{ v: null }], health: [] });
  });
});
