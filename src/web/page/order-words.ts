import type { Order, Text } from '../../api/types.ts';

/** What the page says of orders. */
export const ORDER_WORDS = {
  title: { en: 'Orders: what may pass which dock until when', zh: '指令：哪些货物可在何时之前经哪个门进出' },
  by: { en: 'by', zh: '经' },
  passed: { en: 'passed', zh: '已通过' },
  disputed: {
    en: 'disputed: the barrier stays shut until a person settles it',
    zh: '有争议：经人处理之前道闸保持关闭',
  },
  refused: { en: 'The barrier refuses', zh: '道闸拒绝' },
  busy: { en: 'the gate is at work', zh: '该门正在处理' },
  untold: { en: 'nobody has told what it is about', zh: '尚未登记指令内容' },
} as const satisfies Record<string, Text>;

export const DIRECTIONS: Readonly<Record<NonNullable<Order['content']>['direction'], Text>> = {
  in: { en: 'in', zh: '入库' },
  out: { en: 'out', zh: '出库' },
  move: { en: 'move', zh: '移库' },
};

export const ORDER_STATES: Readonly<Record<Order['state'], Text>> = {
  known: { en: 'known', zh: '已登记' },
  requested: { en: 'asked for', zh: '已请求' },
  authorised: { en: 'authorised', zh: '已授权' },
  claimed: { en: 'claimed', zh: '已确认' },
  open: { en: 'open', zh: '放行中' },
  done: { en: 'done', zh: '已完成' },
  cancelled: { en: 'cancelled', zh: '已撤销' },
  expired: { en: 'expired', zh: '已过期' },
};

export const BREACHES: Readonly<Record<Order['breaches'][number]['is'], Text>> = {
  excess: { en: 'too many', zh: '超量' },
  'wrong-goods': { en: 'wrong goods', zh: '错货' },
  'wrong-way': { en: 'wrong way', zh: '方向不符' },
};
