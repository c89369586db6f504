import type { Text } from '../domain/alarm.ts';

/** An option of an act, as it is written on the command line. */
export type OptionName =
  | 'holder'
  | 'to'
  | 'quantity'
  | 'left'
  | 'location'
  | 'lot'
  | 'seal'
  | 'document'
  | 'gateway'
  | 'max-age'
  | 'registration'
  | 'gate'
  | 'expires'
  | 'evidence'
  | 'off'
  | 'nonce';

export const OPTIONS: Readonly<Record<OptionName, { readonly flag: string; readonly about: Text }>> = {
  holder: { flag: '--holder <address>', about: { en: 'who holds the title', zh: '仓单持有人' } },
  to: { flag: '--to <address>', about: { en: 'who gets it', zh: '接受方地址' } },
  quantity: {
    flag: '--quantity <number>',
    about: { en: 'whole number of the document’s unit', zh: '数量，按单据单位的整数' },
  },
  left: {
    flag: '--left <number>',
    about: { en: 'what stays pledged; 0 ends the pledge', zh: '剩余质押数量，0 即解除' },
  },
  location: { flag: '--location <text>', about: { en: 'where the goods are', zh: '货物位置' } },
  lot: { flag: '--lot <text>', about: { en: 'lot of the goods', zh: '货物批号' } },
  seal: { flag: '--seal <text...>', about: { en: 'a seal on them; may be repeated', zh: '封签，可重复' } },
  document: {
    flag: '--document <file>',
    about: { en: 'its paper; only the SHA-256 leaves this machine', zh: '单据文件，仅上链其 SHA-256' },
  },
  gateway: {
    flag: '--gateway <origin>',
    about: { en: 'gateway whose fresh evidence a gate needs', zh: '放行须有其新鲜证据的网关' },
  },
  'max-age': {
    flag: '--max-age <span>',
    about: { en: 'its evidence may be no older', zh: '该证据的最长时效' },
  },
  registration: {
    flag: '--registration <number>',
    about: { en: 'number in the public pledge register; hashed', zh: '动产融资登记编号，仅上链其哈希' },
  },
  gate: { flag: '--gate <address>', about: { en: 'account of the gate', zh: '闸口账户地址' } },
  expires: {
    flag: '--expires <time>',
    about: {
      en: 'begun by then or never: 24h, or a time with its offset',
      zh: '失效时间：24h 或带时区的时刻',
    },
  },
  evidence: {
    flag: '--evidence <hash>',
    about: { en: 'hash of a leaf or paper, instead of --document', zh: '叶或文件的哈希，可代替 --document' },
  },
  off: { flag: '--off', about: { en: 'end it', zh: '解除' } },
  nonce: {
    flag: '--nonce <number>',
    about: {
      en: 'repeat a call that may have arrived: a second one is refused',
      zh: '重发可能已送达的调用：重复者被拒绝',
    },
  },
};

/** In the order of help. */
export const ACT_NAMES = [
  'issue',
  'transfer',
  'void',
  'pledge',
  'reduce',
  'request',
  'authorize',
  'cancel',
  'expire',
  'freeze',
  'hold',
  'dispute',
] as const;
export type ActName = (typeof ACT_NAMES)[number];

export type ActAbout = {
  /** What is acted on. */
  readonly on: 'receipt' | 'pledge' | 'order' | null;
  readonly summary: Text;
  readonly needs: readonly OptionName[];
  readonly takes: readonly OptionName[];
  readonly example: string;
};

const FLAG = { on: 'receipt', needs: [], takes: ['evidence', 'document', 'off'] } as const;
const STEP = { on: 'order', needs: [], takes: [], example: 'ORDER' } as const;

export const ACTS: Readonly<Record<ActName, ActAbout>> = {
  issue: {
    on: null,
    summary: {
      en: 'as warehouse: a receipt for goods that came in; one live receipt for the same goods',
      zh: '仓库：签发仓单；同一货物只有一张有效仓单',
    },
    needs: ['holder', 'quantity', 'location', 'lot', 'document'],
    takes: ['seal', 'gateway', 'max-age', 'nonce'],
    example: '--holder 0x… --quantity 100 --location "Hall 3" --lot 26-11 --seal A17 --document receipt.pdf',
  },
  transfer: {
    on: 'receipt',
    summary: { en: 'as holder: give the whole receipt, free of pledges', zh: '持有人：转让未质押的整张仓单' },
    needs: ['to'],
    takes: [],
    example: 'RECEIPT --to 0x…',
  },
  void: {
    on: 'receipt',
    summary: {
      en: 'a receipt issued by mistake: the warehouse asks, then the holder agrees',
      zh: '误开仓单作废：仓库提出，持有人同意',
    },
    needs: [],
    takes: [],
    example: 'RECEIPT',
  },
  pledge: {
    on: 'receipt',
    summary: { en: 'as holder: pledge free quantity to a financier', zh: '持有人：将可用数量质押给资金方' },
    needs: ['to', 'quantity', 'registration'],
    takes: ['nonce'],
    example: 'RECEIPT --to 0x… --quantity 70 --registration 12345678901234567890',
  },
  reduce: {
    on: 'pledge',
    summary: { en: 'as financier: free what is no longer needed', zh: '资金方：释放不再需要的质押' },
    needs: ['left'],
    takes: [],
    example: 'PLEDGE --left 20',
  },
  request: {
    on: 'receipt',
    summary: {
      en: 'as holder: order the release of free quantity by one gate',
      zh: '持有人：申请由指定闸口放行',
    },
    needs: ['quantity', 'gate', 'expires'],
    takes: ['max-age', 'nonce'],
    example: 'RECEIPT --quantity 10 --gate 0x… --expires 24h',
  },
  authorize: { ...STEP, summary: { en: 'as warehouse: agree to an order', zh: '仓库：批准放行单' } },
  cancel: {
    ...STEP,
    summary: {
      en: 'as holder or warehouse: call an order off before it began',
      zh: '持有人或仓库：取消未执行的放行单',
    },
  },
  expire: {
    ...STEP,
    summary: { en: 'as anyone: free what an expired order reserved', zh: '任何人：释放过期放行单的预留' },
  },
  freeze: {
    ...FLAG,
    summary: { en: 'as regulator: nothing is agreed or released until it ends', zh: '监管方：冻结仓单' },
    example: 'RECEIPT --document order.pdf',
  },
  hold: {
    ...FLAG,
    summary: { en: 'as inspector: no gate begins until it ends', zh: '检验方：扣留货物' },
    example: 'RECEIPT --evidence 0x…',
  },
  dispute: {
    ...FLAG,
    summary: {
      en: 'as warehouse or holder: no gate begins until it ends; a regulator may end it',
      zh: '仓库或持有人：提出争议；监管方可解除',
    },
    example: 'RECEIPT --document letter.pdf --off',
  },
};
