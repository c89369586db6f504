import type { AnchorStatus, RuleSetStatus, WitnessesStatus } from '../api/types.ts';
import { STEP_MS } from '../domain/clock.ts';
import { SystemCode } from '../domain/record.ts';
import type { DeviceHealth } from '../intake/device-health.ts';
import { commitCheck, Health, type Finding } from '../ops/health.ts';
import type { Batching } from './recording/batching.ts';
import type { Core } from './recording/core.ts';
import type { Continued } from './keys/epoch-end.ts';
import { checkRules } from './rule-check.ts';
import type { Notifying } from './telling/notifying.ts';

export type CheckedParts = {
  readonly batching: Pick<Batching, 'oldestMs' | 'committedMs'>;
  readonly core: Core;
  readonly devices: DeviceHealth;
  /** Ids of all devices, heard of or not. */
  readonly deviceIds: () => readonly string[];
  readonly notifying: Pick<Notifying, 'lanes'>;
  readonly anchor: () => AnchorStatus;
  /** What this epoch follows on; null for the first one. */
  readonly continued: () => Continued | null;
  readonly rules: () => RuleSetStatus;
};

/** The gateway's health; the first check is the one behind "ready". */
export function healthOf(parts: CheckedParts): Health {
  const { batching } = parts;
  const health = new Health();
  health.add('commits', () => commitCheck(batching.oldestMs(), batching.committedMs()));
  health.add('devices', () => checkDevices(parts));
  health.add('notices', () => checkNotices(parts.notifying));
  health.add('clock', () => checkClock(parts.core));
  health.add('epoch', () => checkEpoch(parts.continued()));
  health.add('rules', () => checkRules(parts.rules()));
  health.add('anchor', () => checkAnchor(parts.anchor()));
  health.add('witnesses', () => checkWitnesses(parts.anchor().witnesses));
  return health;
}

/** The end of an epoch is told until a person has seen it. */
function checkEpoch(continued: Continued | null): Finding {
  if (continued === null || continued.acknowledged) {
    return { state: 'ok', detail: { en: 'nothing is open about it', zh: '无待确认事项' } };
  }
  const { origin, code, size, localSize } = continued;
  if (code === SystemCode.rollbackFound) {
    return {
      state: 'failed',
      detail: {
        en: `${origin} was rolled back: others hold ${size} blocks of it, ${localSize} are here; say "bailee keys acknowledge" once it is looked into`,
        zh: `${origin} 被回滚：他方持有 ${size} 个区块，本机仅有 ${localSize} 个；查明后请执行 bailee keys acknowledge`,
      },
    };
  }
  return {
    state: 'degraded',
    detail: {
      en: `${origin} was ended, its heads above ${size} are void; say "bailee keys acknowledge" once it is looked into`,
      zh: `${origin} 已终止，大小 ${size} 以上的日志头无效；查明后请执行 bailee keys acknowledge`,
    },
  };
}

function checkDevices({ devices, deviceIds }: CheckedParts): Finding {
  const states = new Map(devices.states().map((d) => [d.device, d.health]));
  const ids = deviceIds();
  const ill = ids.filter((id) => states.get(id) === 'unhealthy');
  const silent = ids.filter((id) => (states.get(id) ?? 'unknown') === 'unknown');
  if (ill.length > 0) {
    return {
      state: 'degraded',
      detail: { en: `not well: ${ill.join(', ')}`, zh: `设备异常：${ill.join('、')}` },
    };
  }
  if (silent.length > 0) {
    return {
      state: 'unknown',
      detail: { en: `not heard of yet: ${silent.join(', ')}`, zh: `尚无消息：${silent.join('、')}` },
    };
  }
  return { state: 'ok', detail: { en: 'all devices answer', zh: '所有设备应答正常' } };
}

function checkNotices({ lanes }: Pick<Notifying, 'lanes'>): Finding {
  const failing = lanes.filter((lane) => lane.failing).map((lane) => lane.name);
  if (failing.length === 0) return { state: 'ok', detail: { en: 'nothing is stuck', zh: '通知无积压' } };
  return {
    state: 'degraded',
    detail: { en: `cannot reach ${failing.join(', ')}`, zh: `无法送达：${failing.join('、')}` },
  };
}

function checkClock({ clock, settings }: Core): Finding {
  const drift = Math.round(clock.drift());
  if (Math.abs(drift) > STEP_MS) {
    return { state: 'degraded', detail: { en: `is ${drift} ms off`, zh: `时钟偏差 ${drift} 毫秒` } };
  }
  if (settings.clockClaim.src === 0) {
    return {
      state: 'unknown',
      detail: { en: 'its source is not stated in evidence.clock', zh: '未在 evidence.clock 中说明时间来源' },
    };
  }
  return { state: 'ok', detail: { en: 'is steady', zh: '时钟稳定' } };
}

function checkAnchor({ state, lastError }: AnchorStatus): Finding {
  switch (state) {
    case 'none':
      return { state: 'ok', detail: { en: 'no ledger is configured', zh: '未配置账本' } };
    case 'idle':
    case 'pending':
      return { state: 'ok', detail: { en: 'checkpoints reach the ledger', zh: '检查点正常上链' } };
    case 'failing':
      return {
        state: 'degraded',
        detail: { en: `is tried again: ${lastError ?? ''}`, zh: `正在重试：${lastError ?? ''}` },
      };
    case 'unknown':
    default:
      return { state: 'unknown', detail: { en: 'nothing was heard yet', zh: '尚无账本消息' } };
  }
}

function checkWitnesses(witnesses: WitnessesStatus | null): Finding {
  if (witnesses === null) return { state: 'ok', detail: { en: 'none is configured', zh: '未配置见证方' } };
  const { guard, quorum, list, answered, needed } = witnesses;
  const names = (state: string): string[] => list.filter((w) => w.state === state).map((w) => w.name);
  const ahead = names('ahead').join(', ');
  if (guard === 'rollback') {
    return {
      state: 'failed',
      detail: {
        en: `this log was signed further than the journal goes, as ${ahead} say: nothing more is signed`,
        zh: `${ahead} 表明本日志曾签到更远处：不再签名`,
      },
    };
  }
  if (ahead !== '') {
    const held = guard === 'held';
    return {
      state: 'degraded',
      detail: {
        en: `${ahead} names a larger log than was signed here${held ? '; nothing is signed until that is cleared up' : ''}`,
        zh: `${ahead} 称本日志比此处所签更长${held ? '；查清之前不签名' : ''}`,
      },
    };
  }
  if (guard === 'waiting') {
    return {
      state: 'unknown',
      detail: {
        en: `${answered} of ${needed} have answered since the start; nothing is signed before`,
        zh: `启动后已有 ${answered}/${needed} 个应答；此前不签名`,
      },
    };
  }
  const away = list.filter((w) => w.state !== 'ok').map((w) => w.name);
  const owners = new Set(list.filter((w) => w.state === 'ok').map((w) => w.owner)).size;
  if (owners < quorum) {
    return {
      state: 'degraded',
      detail: {
        en: `${owners} of the ${quorum} owners needed cosign; not: ${away.join(', ')}`,
        zh: `需要 ${quorum} 方，仅 ${owners} 方作见证签名；缺：${away.join('、')}`,
      },
    };
  }
  return away.length === 0
    ? { state: 'ok', detail: { en: 'all cosign', zh: '全部作见证签名' } }
    : {
        state: 'ok',
        detail: {
          en: `enough cosign; not: ${away.join(', ')}`,
          zh: `见证签名足够；缺：${away.join('、')}`,
        },
      };
}
