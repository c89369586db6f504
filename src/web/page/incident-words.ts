import type { Text } from '../../api/types.ts';

/** What the page says of incidents. */
export const INCIDENT_WORDS = {
  title: { en: 'Incidents of the last day', zh: '近一天的事件' },
  none: { en: 'None.', zh: '无。' },
  goesOn: { en: 'goes on', zh: '进行中' },
  order: { en: 'What happened', zh: '经过' },
  told: { en: 'Who has been told', zh: '已通知的人员' },
  toldNobody: { en: 'Nobody: no rule tells anybody of this.', zh: '无：没有规则为此通知任何人。' },
  notYet: { en: 'not yet', zh: '尚未送达' },
  failed: { en: 'attempts failed', zh: '次发送失败' },
  photos: { en: 'Photos', zh: '照片' },
  photoOf: { en: 'Photo by', zh: '照片，来自' },
  more: { en: 'more on record', zh: '条另有记录' },
  proof: { en: 'Proof file', zh: '证明包' },
  asked: { en: 'to be told through', zh: '将通知，通道' },
  delivered: { en: 'told through', zh: '已通知，通道' },
  tried: { en: 'not reached through', zh: '未能通知，通道' },
  unanswered: { en: 'nobody acknowledged:', zh: '无人确认：' },
  refused: { en: 'refused', zh: '被拒绝' },
  photo: { en: 'photo', zh: '照片' },
  actions: { en: 'What can be done', zh: '可采取的操作' },
} as const satisfies Readonly<Record<string, Text>>;

/** What became of an order to a device. */
export const STEPS: Readonly<Record<'ordered' | 'sent' | 'done' | 'failed' | 'unknown', Text>> = {
  ordered: { en: 'ordered', zh: '已下令' },
  sent: { en: 'sent', zh: '已发送' },
  done: { en: 'done', zh: '已执行' },
  failed: { en: 'failed', zh: '失败' },
  unknown: { en: 'outcome unknown', zh: '结果未知' },
};
