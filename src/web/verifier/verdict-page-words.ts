import type { Text } from '../../domain/alarm.ts';
import type { Level, StreamVerdict } from '../../evidence/verdict.ts';
import type { StepName } from '../../evidence/verify-steps.ts';
import type { GapReason } from '../../evidence/segment.ts';

/** What a step looks at, said so that it is true of one that passed. */
export const STEP_WORDS: Readonly<Record<StepName, { readonly title: Text; readonly passed: Text }>> = {
  container: {
    title: { en: 'The file', zh: '文件' },
    passed: {
      en: 'It is a bundle in its one form; nothing else is hidden in it.',
      zh: '文件是唯一规定格式的证明包，未夹带其他内容。',
    },
  },
  notes: {
    title: { en: 'Signatures', zh: '签名' },
    passed: {
      en: 'The head that all hangs on is signed by a log key of your policy, and each witness’s signature on any head is right.',
      zh: '作为依据的日志头由您策略中的日志密钥签名，各日志头上的每个见证人签名均正确。',
    },
  },
  quorum: {
    title: { en: 'Witnesses', zh: '见证人' },
    passed: {
      en: 'As many independent owners have signed the head as your policy asks for.',
      zh: '签署日志头的独立所有者数量达到您策略的要求。',
    },
  },
  cover: {
    title: { en: 'The log', zh: '日志' },
    passed: {
      en: 'The blocks are exactly those under the signed head, without a hole; all heads agree.',
      zh: '各区块正是已签名日志头之下的区块，无一遗漏；各日志头彼此一致。',
    },
  },
  blocks: {
    title: { en: 'Blocks', zh: '区块' },
    passed: {
      en: 'They are of this gateway, and their times fit together.',
      zh: '区块属于该网关，时间连贯。',
    },
  },
  segments: {
    title: { en: 'Streams', zh: '数据流' },
    passed: {
      en: 'Each stream’s part of every block is the one sealed there, and no number is missing between them.',
      zh: '每个数据流在各区块中的部分与封存一致，序号无缺失。',
    },
  },
  descriptors: {
    title: { en: 'Descriptions', zh: '描述' },
    passed: {
      en: 'Device, unit and place of each stream are those sealed with it.',
      zh: '各数据流的设备、单位与位置与封存一致。',
    },
  },
  leaves: {
    title: { en: 'Records', zh: '记录' },
    passed: {
      en: 'Every disclosed record is the one sealed; sums and silences follow from the records.',
      zh: '每条披露的记录与封存一致；汇总与缺测均可由记录推出。',
    },
  },
  devices: {
    title: { en: 'Devices', zh: '设备' },
    passed: {
      en: 'Signatures and counters of signing devices, where there are any, are right.',
      zh: '签名设备（如有）的签名与计数器均正确。',
    },
  },
  time: {
    title: { en: 'Time', zh: '时间' },
    passed: {
      en: 'What others saw of each block’s time was put together; a doubtful clock voids nothing, it counts as silence.',
      zh: '已汇总外部所见的各区块时间；时钟存疑不使证据失效，而按缺测计。',
    },
  },
};

export const LEVEL_WORDS: Readonly<Record<Level, Text>> = {
  A: { en: 'each value signed by the device itself', zh: '每个数值由设备自身签名' },
  B: { en: 'the channel from the device is authenticated', zh: '设备到网关的信道经过认证' },
  C: { en: 'observed by the gateway on an open line', zh: '网关在开放线路上所观测' },
};

export const MODE_WORDS: Readonly<Record<StreamVerdict['mode'], Text>> = {
  full: { en: 'all records', zh: '全部记录' },
  summary: { en: 'summary only', zh: '仅汇总' },
  partial: { en: 'some records', zh: '部分记录' },
};

export const GAP_WORDS: Readonly<Record<GapReason, Text>> = {
  0: { en: 'unknown', zh: '原因不明' },
  1: { en: 'device silent', zh: '设备无数据' },
  2: { en: 'values not usable', zh: '数值不可用' },
  3: { en: 'gateway down', zh: '网关停机' },
  4: { en: 'not started', zh: '尚未开始' },
  5: { en: 'maintenance', zh: '维护' },
  6: { en: 'shed', zh: '已舍弃' },
};
