import type { Found } from '../gateway/heads/receipt-acts.ts';
import type { Context } from './context.ts';
import { shown } from './inputs.ts';

type Of<K extends Found['kind']> = Extract<Found, { kind: K }>['value'];

/** A receipt, pledge or order in lines for a person. */
export function foundText(context: Context, found: Found): string {
  switch (found.kind) {
    case 'receipt':
      return receiptText(context, found.id, found.value);
    case 'pledge':
      return pledgeText(context, found.id, found.value);
    case 'order':
      return orderText(context, found.id, found.value);
    default:
      return found satisfies never;
  }
}

/** The same for a program: quantities as decimal text. */
export function foundJson({ kind, id, value }: Found): object {
  const free = 'pledged' in value ? { free: String(value.qty - value.pledged - value.reserved) } : {};
  const plain = Object.entries(value).map(([name, v]) => [name, typeof v === 'bigint' ? String(v) : v]);
  return { kind, id, ...Object.fromEntries(plain), ...free };
}

function receiptText(context: Context, id: string, r: Of<'receipt'>): string {
  const say = context.say.bind(context);
  const flags = [
    r.state === 'live' ? say({ en: 'live', zh: '有效' }) : say({ en: 'closed', zh: '已关闭' }),
    ...(r.frozen ? [say({ en: 'frozen', zh: '已冻结' })] : []),
    ...(r.held ? [say({ en: 'held', zh: '已扣留' })] : []),
    ...r.disputedBy.map((by) =>
      by === 'warehouse'
        ? say({ en: 'disputed by the warehouse', zh: '仓库有争议' })
        : say({ en: 'disputed by the holder', zh: '持有人有争议' }),
    ),
    ...(r.voidAsked ? [say({ en: 'asked to be voided', zh: '已申请作废' })] : []),
  ];
  const free = r.qty - r.pledged - r.reserved;
  return lines([
    [say({ en: 'receipt', zh: '仓单' }), id],
    [say({ en: 'state', zh: '状态' }), flags.join(say({ en: ', ', zh: '、' }))],
    [
      say({ en: 'quantity', zh: '数量' }),
      say({
        en: `${r.qty}: ${r.pledged} pledged, ${r.reserved} on orders, ${free} free`,
        zh: `${r.qty}：质押 ${r.pledged}，放行单 ${r.reserved}，可用 ${free}`,
      }),
    ],
    [say({ en: 'warehouse', zh: '仓库' }), r.warehouse],
    [say({ en: 'holder', zh: '持有人' }), r.holder],
    [say({ en: 'goods', zh: '货物' }), r.goodsKey],
    [say({ en: 'document', zh: '单据' }), r.docHash],
    [say({ en: 'evidence', zh: '证据' }), conditionText(context, r)],
  ]);
}

function conditionText(context: Context, { condition }: Of<'receipt'>): string {
  if (condition === null) return context.say({ en: 'none is needed', zh: '无要求' });
  return context.say({
    en: `a gate needs that of gateway ${condition.gateway}, at most ${condition.maxAge} s old`,
    zh: `放行须有网关 ${condition.gateway} 的证据，不超过 ${condition.maxAge} 秒`,
  });
}

function pledgeText(context: Context, id: string, p: Of<'pledge'>): string {
  const say = context.say.bind(context);
  const ended = p.qty === 0n ? say({ en: ' (ended)', zh: '（已解除）' }) : '';
  return lines([
    [say({ en: 'pledge', zh: '质押' }), id],
    [say({ en: 'quantity', zh: '数量' }), `${p.qty}${ended}`],
    [say({ en: 'financier', zh: '资金方' }), p.financier],
    [say({ en: 'receipt', zh: '仓单' }), p.receiptId],
    [say({ en: 'register', zh: '登记' }), p.regNo],
  ]);
}

const ORDER_STATES = {
  requested: { en: 'requested', zh: '待批准' },
  authorized: { en: 'authorized', zh: '已批准' },
  executing: { en: 'executing', zh: '执行中' },
  done: { en: 'done', zh: '已完成' },
  cancelled: { en: 'cancelled', zh: '已取消' },
  expired: { en: 'expired', zh: '已过期' },
} as const;

function orderText(context: Context, id: string, o: Of<'order'>): string {
  const say = context.say.bind(context);
  return lines([
    [say({ en: 'order', zh: '放行单' }), id],
    [say({ en: 'state', zh: '状态' }), say(ORDER_STATES[o.state])],
    [say({ en: 'quantity', zh: '数量' }), String(o.qty)],
    [say({ en: 'gate', zh: '闸口' }), o.gate],
    [say({ en: 'expires', zh: '失效' }), shown(o.expires * 1000)],
    ...(o.beganAt === null ? [] : [row(say({ en: 'begun', zh: '开始' }), shown(o.beganAt * 1000))]),
    ...(o.evidence === null ? [] : [row(say({ en: 'evidence', zh: '证据' }), o.evidence)]),
    [say({ en: 'receipt', zh: '仓单' }), o.receiptId],
  ]);
}

function row(name: string, value: string): readonly [string, string] {
  return [name, value];
}

function lines(rows: readonly (readonly [name: string, value: string])[]): string {
  const widest = Math.max(...rows.map(([name]) => width(name)));
  return rows.map(([name, value]) => `${name}${' '.repeat(widest + 2 - width(name))}${value}`).join('\n');
}

/** Columns on a terminal: Chinese letters take two. */
function width(text: string): number {
  return text.length + (text.match(/[\u2E80-\uFFFF]/g)?.length ?? 0);
}
