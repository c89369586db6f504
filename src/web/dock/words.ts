import type { DockTerms } from '../../api/types.ts';

export const WORDS = {
  title: '货物交接 / Hand-over',
  giver: '交方 / giver',
  taker: '收方 / taker',
  sign: '签名 / Sign',
  signed: '已签名 / Signed',
  object: '有异议 / Object',
  note: '异议说明 / What is wrong',
  sayWhat: '请写明异议 / Say what is wrong',
  done: '已记录 / On record',
  key: '本机密钥，请出示给主管核对 / Key of this phone, for the supervisor',
  noKey: '此浏览器不能签名（需要 HTTPS 与 Ed25519）/ this browser cannot sign: it needs HTTPS and Ed25519',
  otherText: '内容与摘要不符，请勿签名 / The text is not what its digest says: do not sign',
} as const;

/** What is handed over, line by line. */
export function rowsOf({ handOver }: DockTerms): readonly (readonly [word: string, value: string])[] {
  const { terms, state } = handOver;
  const { goods, condition } = terms;
  const amount = `${goods.amount.value * 10 ** goods.amount.exp} ${goods.amount.unit}`;
  const tags = goods.epcs === null ? '' : ` · ${goods.epcs.length} 标签 / tags`;
  const minutes =
    condition.minutesOutside === null ? '未知 / unknown' : `${condition.minutesOutside} 分钟 / min`;
  return [
    ['编号 / No.', `${handOver.id} · ${terms.waybill}`],
    ['交方 / Giver', `${terms.giver}${handOver.giver === null ? '' : ' ✓'}`],
    ['收方 / Taker', `${terms.taker}${handOver.taker === null ? '' : ' ✓'}`],
    ['货物 / Goods', `${goods.lot} · ${amount}${tags}`],
    ['地点 / Place', terms.zone],
    ['时间 / Time', new Date(terms.at).toLocaleString()],
    ['车辆 / Vehicle', terms.vehicle ?? '—'],
    ['超温 / Out of range', minutes],
    ['收货 / Accepted', condition.accepted ? '是 / yes' : `否 / no · ${condition.note}`],
    ['状态 / State', STATES[state]],
    ...handOver.exceptions.map((e) => ['异议 / Objection', `${e.by}: ${e.note}`] as const),
  ];
}

const STATES = {
  incomplete: '未完成：缺签名 / incomplete: a signature is missing',
  complete: '完成 / complete',
  disputed: '有异议 / disputed',
} as const;

export function wordOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
