import { describe, expect, it } from 'vitest';
import { AT, WARM } from './announcement.fixture.ts';
import { durationOf, printed, wordingOf } from './text.ts';

describe('what people are told', () => {
  it('has title, place, value, limit, duration, since when and where to acknowledge, in both languages', () => {
    expect(wordingOf(WARM, AT, 'Asia/Shanghai')).toEqual({
      subject: {
        en: '[HIGH] Cold room above 8 °C - Cold room 1, Cold store 3',
        zh: '【高】冷库超温 - 三号冷库 一号库房',
      },
      body: {
        en: [
          'Cold room above 8 °C',
          'Where: Cold room 1, Cold store 3',
          'Value: 8.4 °C (should be at most 8.0 °C)',
          'Since: 2026-11-24 16:40:05 GMT+8 (for 12 min 5 s)',
          'Acknowledge: http://127.0.0.1:8686/alarms/probe-1',
        ].join('\n'),
        zh: [
          '冷库超温',
          '地点：三号冷库 一号库房',
          '当前值：8.4 °C（应不高于 8.0 °C）',
          '开始时间：2026-11-24 16:40:05 GMT+8（已持续 12分5秒）',
          '确认：http://127.0.0.1:8686/alarms/probe-1',
        ].join('\n'),
      },
    });
  });

  it('says unknown for a value nobody knows, and that an alarm is over', () => {
    const { subject, body } = wordingOf({ ...WARM, value: null, calls: false }, AT, 'UTC');
    expect(body.en).toContain('Value: unknown (should be at most 8.0 °C)');
    expect(body.zh).toContain('当前值：未知（应不高于 8.0 °C）');
    expect(subject.en).toMatch(/^OVER: /);
    expect(subject.zh).toMatch(/^已结束：/);
  });

  it('names the gateway where no zone is meant, and leaves out a value that has no sense', () => {
    const { body } = wordingOf({ ...WARM, place: null, value: null, limit: null }, AT, 'UTC');
    expect(body.en).toContain('Where: Cold store 3');
    expect(body.en).not.toContain('Value');
  });

  it.each([
    [{ v: -185, exp: -1, unit: 'Cel' }, '-18.5 °C'],
    [{ v: 61, exp: 0, unit: '%' }, '61 %'],
    [{ v: 1, exp: 0, unit: '1' }, '1'],
    [{ v: -71, exp: 0, unit: 'dB[mW]' }, '-71 dBm'],
  ])('prints %o as %s', (value, text) => expect(printed(value)).toEqual({ en: text, zh: text }));

  it.each([
    [-5, '0 s', '0秒'],
    [999, '0 s', '0秒'],
    [61_000, '1 min 1 s', '1分1秒'],
    [3_600_000, '1 h', '1小时'],
    [90_061_000, '1 d 1 h', '1天1小时'],
  ])('prints %i ms as %s', (ms, en, zh) => expect(durationOf(ms)).toEqual({ en, zh }));
});
