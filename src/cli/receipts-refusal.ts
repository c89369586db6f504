import type { Text } from '../domain/alarm.ts';
import type { ReceiptOp, ReceiptRefusal, RoleOp } from '../gateway/heads/receipt-acts.ts';
import { shown } from './inputs.ts';

type Kind = (ReceiptOp | RoleOp)['kind'];
type Reason = Extract<ReceiptRefusal['code'], 'WRONG_STATE' | 'NOT_PERMITTED' | 'INVALID'>;

const LIVE: Text = {
  en: 'the receipt is frozen or closed, or there is none of this id',
  zh: '仓单已冻结、已关闭或不存在',
};
const OPEN: Text = { en: 'the receipt is closed, or there is none of this id', zh: '仓单已关闭或不存在' };
const UNBEGUN: Text = {
  en: 'the order was begun, is over, or there is none of this id',
  zh: '放行单已执行、已结束或不存在',
};
const ONCE: Text = { en: 'this very call was made before', zh: '同一调用已执行过' };
const HOLDER: Text = { en: 'only the holder may', zh: '仅限持有人' };
const BAD: Text = { en: 'a value is not allowed', zh: '参数无效' };
const SAME: Text = { en: 'it is so already', zh: '已是该状态' };

/** What each act is refused for, beside what the refusal itself names. */
const REASONS: Readonly<Record<Kind, Readonly<Record<Reason, Text>>>> = {
  issue: {
    WRONG_STATE: ONCE,
    NOT_PERMITTED: { en: 'only a warehouse may', zh: '仅限仓库' },
    INVALID: { en: 'a receipt needs a holder and a quantity above 0', zh: '仓单须有持有人且数量大于 0' },
  },
  transfer: {
    WRONG_STATE: LIVE,
    NOT_PERMITTED: HOLDER,
    INVALID: { en: 'it is his already, or he is nobody', zh: '受让方已是持有人或无效' },
  },
  void: {
    WRONG_STATE: {
      en: 'the warehouse asks first and once, then the holder agrees; or the receipt is closed',
      zh: '须仓库先提出一次，再由持有人同意；或仓单已关闭',
    },
    NOT_PERMITTED: {
      en: 'only its warehouse and its holder may, while it is frozen a regulator for the holder',
      zh: '仅限该仓库与持有人，冻结期间由监管方代持有人',
    },
    INVALID: BAD,
  },
  pledge: {
    WRONG_STATE: LIVE,
    NOT_PERMITTED: HOLDER,
    INVALID: { en: 'only to a financier, and more than 0', zh: '只能质押给资金方，且数量大于 0' },
  },
  reduce: {
    WRONG_STATE: { en: 'there is no pledge of this id', zh: '质押不存在' },
    NOT_PERMITTED: { en: 'only its financier may', zh: '仅限该资金方' },
    INVALID: { en: 'a pledge only becomes smaller', zh: '质押只能减少' },
  },
  request: {
    WRONG_STATE: LIVE,
    NOT_PERMITTED: HOLDER,
    INVALID: {
      en: 'it must be more than 0, end in the future, and ask for no older evidence than the receipt',
      zh: '数量须大于 0，失效时间须在将来，证据时效不得长于仓单',
    },
  },
  authorize: {
    WRONG_STATE: { en: 'the order is not requested any more, or has expired', zh: '放行单非待批准或已过期' },
    NOT_PERMITTED: { en: 'only the receipt’s warehouse may', zh: '仅限签发仓库' },
    INVALID: BAD,
  },
  begin: {
    WRONG_STATE: {
      en: 'the order is not authorized or has expired, or the receipt is frozen, held or disputed',
      zh: '放行单未批准或已过期，或仓单被冻结、扣留、争议',
    },
    NOT_PERMITTED: { en: 'only the named gate may', zh: '仅限指定闸口' },
    INVALID: BAD,
  },
  complete: {
    WRONG_STATE: { en: 'the order was not begun, or is over', zh: '放行单未执行或已结束' },
    NOT_PERMITTED: { en: 'only the named gate may', zh: '仅限指定闸口' },
    INVALID: { en: 'more was moved than ordered', zh: '放行数量超出放行单' },
  },
  cancel: {
    WRONG_STATE: UNBEGUN,
    NOT_PERMITTED: { en: 'only the holder and the warehouse may', zh: '仅限持有人与仓库' },
    INVALID: BAD,
  },
  expire: {
    WRONG_STATE: {
      en: 'the order has not expired, was begun or is over',
      zh: '放行单未过期、已执行或已结束',
    },
    NOT_PERMITTED: BAD,
    INVALID: BAD,
  },
  freeze: {
    WRONG_STATE: OPEN,
    NOT_PERMITTED: { en: 'only a regulator may', zh: '仅限监管方' },
    INVALID: SAME,
  },
  hold: {
    WRONG_STATE: OPEN,
    NOT_PERMITTED: { en: 'only an inspector may', zh: '仅限检验方' },
    INVALID: SAME,
  },
  dispute: {
    WRONG_STATE: OPEN,
    NOT_PERMITTED: {
      en: 'only its warehouse and its holder may; a regulator may end it',
      zh: '仅限该仓库与持有人；监管方可解除',
    },
    INVALID: SAME,
  },
  role: {
    WRONG_STATE: BAD,
    NOT_PERMITTED: { en: 'only the admin may', zh: '仅限管理员' },
    INVALID: BAD,
  },
};

/**
 * Why the registry says no, in a sentence.
 * @param now ms since 1970, for the age of evidence
 */
export function refusalText(kind: Kind, why: ReceiptRefusal, now: number): Text {
  switch (why.code) {
    case 'ENCUMBERED':
      return {
        en: `${why.asked} asked for, ${why.free} free: the rest is pledged or on orders`,
        zh: `需要 ${why.asked}，可用 ${why.free}：其余已质押或已列入放行单`,
      };
    case 'GOODS_TAKEN':
      return {
        en: `these goods stand on receipt ${why.by} already`,
        zh: `该货物已在仓单 ${why.by} 上`,
      };
    case 'CONDITION':
      return evidenceText(why.size, why.at, now);
    case 'WRONG_STATE':
    case 'NOT_PERMITTED':
    case 'INVALID':
      return REASONS[kind][why.code];
    default:
      return why satisfies never;
  }
}

function evidenceText(size: bigint, at: number, now: number): Text {
  if (size === 0n) return { en: 'the gateway’s current log holds no evidence', zh: '网关当前日志尚无证据' };
  const minutes = Math.max(0, Math.floor((now / 1000 - at) / 60));
  const since = shown(at * 1000);
  return {
    en: `the gateway’s newest evidence is ${minutes} min old (${since}), too old, or its log has ended`,
    zh: `网关最新证据距今 ${minutes} 分钟（${since}），过旧或其日志已终止`,
  };
}
