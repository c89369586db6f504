import { describe, expect, it } from 'vitest';
import { readOrder } from './simulated-orders.ts';

const site = {
  exps: new Map([
    ['probe-1/temperature', -1],
    ['door-1/door', 0],
  ]),
  faults: new Map([['probe-1', ['silent', 'late']]]),
  phones: ['duty'],
};

describe('orders for simulated devices', () => {
  it.each([
    ['set probe-1/temperature=9.5', { kind: 'set', stream: 'probe-1/temperature', v: 95 }],
    ['set probe-1/temperature=-18', { kind: 'set', stream: 'probe-1/temperature', v: -180 }],
    ['set door-1/door=open', { kind: 'set', stream: 'door-1/door', v: 1 }],
    [
      'ramp probe-1/temperature=4:9.5/60s',
      { kind: 'ramp', stream: 'probe-1/temperature', from: 40, to: 95, ms: 60_000 },
    ],
    ['fault probe-1=silent', { kind: 'fault', device: 'probe-1', fault: 'silent' }],
    [
      'sms duty=+8613800000001 OK 0042',
      { kind: 'sms', device: 'duty', number: '+8613800000001', text: 'OK 0042' },
    ],
    ['  fault  probe-1=none ', { kind: 'fault', device: 'probe-1', fault: null }],
  ])('%s', (line, order) => {
    expect(readOrder(line, site)).toEqual(order);
  });

  it.each([
    ['sett probe-1/temperature=1', 'did you mean "set"?'],
    ['set probe-1/temperature', 'DEVICE/CHANNEL=VALUE'],
    ['set probe-1/temperature=9.55', 'which has 1 decimals'],
    ['set probe-1/temperature=open', 'is no value'],
    ['set prob-1/temperature=9', 'did you mean "probe-1/temperature"?'],
    ['ramp probe-1/temperature=4:9', 'DEVICE/CHANNEL=FROM:TO/SPAN'],
    ['ramp probe-1/temperature=4:9/0s', 'DEVICE/CHANNEL=FROM:TO/SPAN'],
    ['fault probe-1=slient', 'did you mean "silent"?'],
    ['sms probe-1=+8613800000001 OK', 'no simulated modem probe-1'],
    ['sms duty=13800000001 OK', 'MODEM=+NUMBER TEXT'],
    ['sms duty=+8613800000001', 'MODEM=+NUMBER TEXT'],
    ['fault probe-2=silent', 'did you mean "probe-1"?'],
  ])('%s is refused', (line, why) => {
    expect(() => readOrder(line, site)).toThrow(why);
  });
});
