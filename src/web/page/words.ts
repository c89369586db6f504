import type {
  AlarmStateWord,
  AnchorState,
  CheckState,
  Meaning,
  PriorityName,
  Text,
  WitnessState,
  WitnessesStatus,
} from '../../api/types.ts';

export type Language = keyof Text;

const KEPT_UNDER = 'bailee-language';

/** The language chosen before, else that of the browser. */
export function startLanguage(): Language {
  const kept = localStorage.getItem(KEPT_UNDER);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT_UNDER, language);
}

/** Everything the page says by itself. */
export const WORDS = {
  signInTitle: { en: 'Sign in', zh: '登录' },
  token: { en: 'Token', zh: '令牌' },
  tokenHint: {
    en: 'The operator token was made when this gateway first started.',
    zh: '操作员令牌在网关首次启动时生成。',
  },
  signIn: { en: 'Sign in', zh: '登录' },
  signOut: { en: 'Sign out', zh: '退出' },
  wrongToken: { en: 'This token is not known here.', zh: '令牌无效。' },
  unreachable: { en: 'The gateway does not answer.', zh: '网关无应答。' },
  live: { en: 'Live', zh: '实时' },
  connecting: { en: 'Connecting', zh: '连接中' },
  lost: { en: 'Connection lost', zh: '连接中断' },
  counting: {
    en: 'A count was asked for and runs; nobody here can call it off:',
    zh: '外部要求的盘点正在进行，本地不能取消：',
  },
  countingUntil: { en: 'until', zh: '至' },
  lostLong: { en: 'Connection lost: values unknown since', zh: '连接中断：数值自此未知' },
  language: { en: 'Language', zh: '语言' },
  alarms: { en: 'Alarms', zh: '报警' },
  noAlarms: { en: 'No alarm stands.', zh: '当前无报警。' },
  alarmsUnknown: { en: 'Whether alarms stand is unknown.', zh: '报警情况未知。' },
  unacknowledged: { en: 'unacknowledged', zh: '未确认' },
  newAlarm: { en: 'Alarm', zh: '报警' },
  streams: { en: 'Streams', zh: '测点' },
  known: { en: 'known', zh: '已知' },
  unknown: { en: 'unknown', zh: '未知' },
  never: { en: 'never heard', zh: '从未收到' },
  erased: { en: 'readings of this half hour were erased', zh: '此半小时内有读数已被删除' },
  stale: { en: 'stale', zh: '已过期' },
  bad: { en: 'no usable value', zh: '无可用数值' },
  was: { en: 'was', zh: '此前' },
  anchor: { en: 'Last anchor', zh: '最近上链' },
  noLedger: { en: 'no ledger configured', zh: '未配置账本' },
  neverAnchored: { en: 'none yet', zh: '尚无' },
  blocksOf: { en: 'blocks on the ledger of', zh: '个区块已上链，共' },
  stored: { en: 'Last record stored', zh: '最近入库' },
  health: { en: 'Health', zh: '健康' },
  gatewayHealth: { en: 'Gateway health', zh: '网关健康' },
  proof: { en: 'Journal and proof', zh: '日志与存证' },
  checkProof: {
    en: 'Check a proof file in this browser (works offline, too)',
    zh: '在浏览器中核验证明包（离线亦可）',
  },
  devices: { en: 'Devices', zh: '设备' },
  pictures: { en: 'Pictures', zh: '图片' },
  pictureGone: { en: 'not there any more; its hash is on record', zh: '图片已不在，其哈希仍记录在案' },
  pictureUnasked: { en: 'no alarm asked for it', zh: '非报警触发' },
  hash: { en: 'SHA-256', zh: 'SHA-256' },
  device: { en: 'Device', zh: '设备' },
  state: { en: 'State', zh: '状态' },
  refused: { en: 'Refused frames', zh: '拒收帧' },
  healthy: { en: 'healthy', zh: '正常' },
  unhealthy: { en: 'unhealthy', zh: '异常' },
  noZone: { en: 'Without a zone', zh: '未分区' },
  since: { en: 'Since', zh: '始于' },
  value: { en: 'Value', zh: '数值' },
  limit: { en: 'Limit', zh: '限值' },
  place: { en: 'Place', zh: '位置' },
  basis: { en: 'Basis', zh: '依据' },
  acknowledge: { en: 'Acknowledge', zh: '确认' },
  acknowledgedBy: { en: 'Acknowledged by', zh: '确认人' },
  meaning: { en: 'What it means', zh: '确认含义' },
  reason: { en: 'Reason', zh: '说明' },
  stepUp: {
    en: 'This needs a sign-in of the last five minutes: sign out and in again.',
    zh: '此操作要求五分钟内登录过：请退出后重新登录。',
  },
  howLong: { en: 'For how long', zh: '时长' },
  reset: { en: 'Reset', zh: '复位' },
  shelve: { en: 'Shelve', zh: '搁置' },
  unshelve: { en: 'End shelving', zh: '结束搁置' },
  comment: { en: 'Comment', zh: '备注' },
  takeOut: { en: 'Out of service', zh: '停用' },
  putBack: { en: 'Back into service', zh: '恢复启用' },
  maintain: { en: 'Maintenance', zh: '检修' },
  endMaintenance: { en: 'End maintenance', zh: '结束检修' },
  inMaintenance: { en: 'in maintenance', zh: '检修中' },
  claimOrder: { en: 'Let the goods out', zh: '放行' },
  settleOrder: { en: 'Settle', zh: '处理完毕' },
  rules: { en: 'Rules', zh: '规则' },
  changes: { en: 'Changes', zh: '更改' },
  confirmRules: { en: 'Confirm the rules', zh: '确认规则' },
  revertRules: { en: 'Go back', zh: '恢复原规则' },
  tryRules: { en: 'Try again', zh: '再次试运行' },
  wouldStand: { en: 'would stand now', zh: '条之条件成立' },
  setAside: { en: 'Not shown', zh: '未显示' },
  setAsideCount: { en: 'not shown', zh: '条未显示' },
  shelvedCount: { en: 'shelved', zh: '条搁置' },
  suppressedCount: { en: 'suppressed', zh: '条抑制' },
  outCount: { en: 'out of service', zh: '条停用' },
  shelvedBy: { en: 'Shelved by', zh: '搁置人' },
  suppressedBy: { en: 'Suppressed by the maintenance of', zh: '因区域检修被抑制' },
  takenOutBy: { en: 'Taken out of service by', zh: '停用人' },
  until: { en: 'until', zh: '至' },
  conditionHolds: { en: 'condition holds', zh: '条件成立' },
  staleAlarm: { en: 'stale', zh: '陈旧' },
  chattering: { en: 'chatters', zh: '跳变' },
  history: { en: 'History', zh: '历史' },
  refusedAct: { en: 'refused', zh: '被拒绝' },
  figures: { en: 'Alarm system, last 24 hours', zh: '报警系统，近 24 小时' },
  perHour: { en: 'Alarms an hour', zh: '每小时报警' },
  aim: { en: 'aim: about', zh: '目标约' },
  floods: { en: 'Floods', zh: '报警泛滥' },
  mostIn10: { en: 'most in 10 min:', zh: '10 分钟最多：' },
  shares: { en: 'Urgent / high / other', zh: '紧急 / 高 / 其他' },
  answered: { en: 'Time to acknowledge', zh: '确认用时' },
  staleAlarms: { en: 'Stale, over 24 h', zh: '陈旧（超 24 小时）' },
  chatteringAlarms: { en: 'Chattering', zh: '跳变' },
  mostFrequent: { en: 'Most frequent', zh: '最频繁' },
  confirm: { en: 'Put on record', zh: '记录确认' },
  cancel: { en: 'Cancel', zh: '取消' },
  size: { en: 'Sealed blocks', zh: '已封区块' },
  open: { en: 'Records in the open block', zh: '未封记录' },
  lastSealed: { en: 'Last sealed', zh: '最近封存' },
  root: { en: 'Root', zh: '树根' },
  origin: { en: 'Origin', zh: '日志来源' },
  ledger: { en: 'Ledger', zh: '账本' },
  witnesses: { en: 'Witnesses', zh: '见证方' },
  cosigned: { en: 'Newest cosigned head', zh: '最近见证的日志头' },
  ownersNeeded: { en: 'owners needed', zh: '方签名即可' },
  lastError: { en: 'Last error', zh: '最近错误' },
  drift: { en: 'Clock drift', zh: '时钟偏差' },
  outbox: { en: 'Orders waiting', zh: '待执行' },
  version: { en: 'Version', zh: '版本' },
} as const satisfies Record<string, Text>;
export type Word = keyof typeof WORDS;

export const PRIORITIES: Readonly<Record<PriorityName, Text>> = {
  urgent: { en: 'Urgent', zh: '紧急' },
  high: { en: 'High', zh: '高' },
  medium: { en: 'Medium', zh: '中' },
  low: { en: 'Low', zh: '低' },
};

export const ALARM_STATES: Readonly<Record<AlarmStateWord, Text>> = {
  normal: { en: 'normal', zh: '正常' },
  unacknowledged: { en: 'unacknowledged', zh: '未确认' },
  acknowledged: { en: 'acknowledged', zh: '已确认' },
  returnedUnacknowledged: { en: 'over, unacknowledged', zh: '已恢复，未确认' },
  latchedUnacknowledged: { en: 'latched, unacknowledged', zh: '已锁存，未确认' },
  latchedAcknowledged: { en: 'latched, acknowledged', zh: '已锁存，已确认' },
  shelved: { en: 'shelved', zh: '已搁置' },
  suppressed: { en: 'suppressed', zh: '已抑制' },
  outOfService: { en: 'out of service', zh: '已停用' },
};

export const MEANINGS: Readonly<Record<Meaning, Text>> = {
  seen: { en: 'Seen', zh: '已知悉' },
  'being-handled': { en: 'Being handled', zh: '处理中' },
  false: { en: 'False alarm', zh: '误报' },
  tested: { en: 'Test', zh: '测试' },
};

/** Acts by their word in records. */
export const VERBS: Readonly<Record<string, Text>> = {
  acknowledge: { en: 'acknowledged', zh: '确认' },
  reset: { en: 'reset', zh: '复位' },
  shelve: { en: 'shelved', zh: '搁置' },
  unshelve: { en: 'ended the shelving', zh: '结束搁置' },
  'take-out': { en: 'took out of service', zh: '停用' },
  'put-back': { en: 'put back into service', zh: '恢复启用' },
  comment: { en: 'commented', zh: '备注' },
  maintain: { en: 'put the zone into maintenance', zh: '开始区域检修' },
  'end-maintenance': { en: 'ended the maintenance', zh: '结束区域检修' },
};

export const CHECK_STATES: Readonly<Record<CheckState, Text>> = {
  ok: { en: 'ok', zh: '正常' },
  degraded: { en: 'degraded', zh: '降级' },
  unknown: { en: 'unknown', zh: '未知' },
  failed: { en: 'failed', zh: '故障' },
};

export const ANCHOR_STATES: Readonly<Record<AnchorState, Text>> = {
  none: { en: 'no ledger', zh: '无账本' },
  idle: { en: 'up to date', zh: '已同步' },
  pending: { en: 'on its way', zh: '上链中' },
  failing: { en: 'failing, tried again', zh: '失败，重试中' },
  unknown: { en: 'unknown', zh: '未知' },
};

export const GUARD_STATES: Readonly<Record<WitnessesStatus['guard'], Text>> = {
  waiting: { en: 'asked first; nothing is signed before', zh: '正在询问；此前不签名' },
  open: { en: 'no witness knows more than this gateway', zh: '无见证方所知超过本网关' },
  held: {
    en: 'one knows more than was signed here: nothing is signed',
    zh: '有见证方所知超过此处所签：暂不签名',
  },
  rollback: {
    en: 'this log was signed further elsewhere: never signed again',
    zh: '本日志曾在别处签到更远：不再签名',
  },
};

export const WITNESS_STATES: Readonly<Record<WitnessState, Text>> = {
  unknown: { en: 'not heard yet', zh: '尚无消息' },
  ok: { en: 'cosigns', zh: '作见证签名' },
  failing: { en: 'does not answer, asked again', zh: '无应答，重试中' },
  refused: { en: 'refuses', zh: '拒绝' },
  ahead: { en: 'names a larger log than was signed here', zh: '所称日志比此处所签更长' },
};

const QUANTITIES: Readonly<Record<string, Text>> = {
  temperature: { en: 'Temperature', zh: '温度' },
  humidity: { en: 'Humidity', zh: '湿度' },
  door: { en: 'Door', zh: '门' },
  battery: { en: 'Battery', zh: '电池' },
  voltage: { en: 'Voltage', zh: '电压' },
  pressure: { en: 'Pressure', zh: '压力' },
  weight: { en: 'Weight', zh: '重量' },
  tamper: { en: 'Tamper', zh: '防拆' },
  motion: { en: 'Motion', zh: '移动侦测' },
  'line-crossing': { en: 'Line crossed', zh: '越线' },
  intrusion: { en: 'Intrusion', zh: '入侵' },
  person: { en: 'Person', zh: '人员' },
  frozen: { en: 'Picture frozen', zh: '画面冻结' },
  tags: { en: 'Tags', zh: '标签数' },
  'tag-conflicts': { en: 'Tags in conflict', zh: '冲突标签数' },
};

export function quantityText(quantity: string, language: Language): string {
  return QUANTITIES[quantity]?.[language] ?? quantity;
}
