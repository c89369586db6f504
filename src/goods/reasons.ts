import type { Text } from '../domain/alarm.ts';
import type { GapCause } from '../domain/goods/status.ts';

/** Plain words for what control rests on, for people who never saw a rule. */

const CAUSES: Readonly<Record<GapCause, Text>> = {
  'device-silent': { en: 'too few sources are heard', zh: '有效监控来源不足' },
  power: { en: 'sources are silent since the power failed', zh: '断电后监控来源无信号' },
  'gateway-down': { en: 'the gateway was not running', zh: '网关停止运行' },
  'clock-unverified': { en: 'the clock is not certain', zh: '时钟未经核实' },
  tamper: { en: 'a device was tampered with', zh: '设备被拆动' },
  maintenance: { en: 'the zone is in maintenance', zh: '库区处于维护状态' },
  disarmed: { en: 'the zone is disarmed', zh: '库区已撤防' },
  'camera-blind': { en: 'a camera sees nothing', zh: '摄像机失效' },
  'evidence-missing': { en: 'records were lost', zh: '证据记录缺失' },
  'break-glass': {
    en: 'a way was opened past every rule, and nothing was counted since',
    zh: '曾应急开启通道，此后尚未清点',
  },
};

const WORDS: Readonly<Record<string, Text>> = {
  'no-agreement': { en: 'there is no agreement on control', zh: '无监管协议' },
  'not-counted': { en: 'the goods were not counted or weighed', zh: '货物尚未清点或称重' },
  'source-silent': { en: 'a required source is not heard', zh: '规定的监控来源无信号' },
  'not-proven': { en: 'something forbids to go by the sources', zh: '监控来源暂不可信' },
  'not-started': { en: 'nobody signed the start of control', zh: '尚未签署监管开始' },
  'period-over': { en: 'the control period is over', zh: '监管期已结束' },
  'below-floor': { en: 'less is there than has to stay', zh: '低于最低控货量' },
  'source-down': { en: 'a source is down; others still prove control', zh: '部分监控来源失效，其余仍可证明' },
  'count-overdue': { en: 'the last count is too old', zh: '清点逾期' },
  'proof-late': { en: 'the log is anchored late', zh: '存证上链延迟' },
  'cannot-judge': { en: 'a rule of control cannot be judged', zh: '监管规则暂无法判定' },
  expired: { en: 'this statement has expired', zh: '本声明已过期' },
};

export function causeText(cause: GapCause): Text {
  return CAUSES[cause];
}

/** The code itself where no word is known for it. */
export function reasonText(code: string): Text {
  return WORDS[code] ?? { en: code, zh: code };
}
