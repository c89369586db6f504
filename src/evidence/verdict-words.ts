import type { Text } from '../domain/alarm.ts';
import type { Because, Limit, Verdict } from './verdict.ts';
import type { FailureCode } from './verification-error.ts';

/** The closed words of a verdict as sentences for people. */

export const LIMITS: Readonly<Record<Limit, Text>> = {
  L1: {
    en: 'that the sensor measured the goods (a moved probe, an ice pack)',
    zh: '传感器测量的确是该货物（探头可能被移动、可能放了冰袋）',
  },
  L2: { en: 'that the tag is the pallet it was put on', zh: '标签就是它所贴的那个托盘' },
  L3: {
    en: 'that the holder of the gateway’s keys did not invent, drop or flag values before they were fixed',
    zh: '网关密钥持有人在数据固定之前没有编造、丢弃或标记数值',
  },
  L4: {
    en: 'that something is absent from a stream that is only partly disclosed',
    zh: '仅部分披露的数据流中不存在某事',
  },
  L5: { en: 'accuracy beyond the calibration certificate', zh: '校准证书之外的准确度' },
  L6: {
    en: 'that there is only one version of the history: k is not more than half of the witnesses’ owners',
    zh: '历史只有一个版本：k 未超过见证人所有者的半数',
  },
  L7: {
    en: 'any independent time of the log’s heads: no witness is counted (k = 0)',
    zh: '日志头的任何独立时间：未计入见证人（k = 0）',
  },
};

export const BECAUSES: Readonly<Record<Because, Text>> = {
  NOT_COMPLETE: {
    en: 'not all that was recorded about this time is proven to be here',
    zh: '未能证明该时段的全部记录都在此',
  },
  OUT_OF_RANGE: { en: 'values were out of range for longer than allowed', zh: '超限时长超过允许值' },
  NOT_PRESENT: { en: 'the tag was not shown there', zh: '未显示该标签在场' },
  GAPS_TOO_LONG: { en: 'there is no reading for longer than allowed', zh: '缺测时长超过允许值' },
  CLOCK_UNSURE: { en: 'the gateway’s clock was not sure', zh: '网关时钟不可靠' },
  READINGS_LOST: { en: 'numbered readings were left out', zh: '有编号的读数缺失' },
  STREAM_MISMATCH: {
    en: 'unit or decimals changed, or are not those asked for',
    zh: '单位或小数位发生变化或与所问不符',
  },
  DELAY_TOO_LONG: {
    en: 'the history was fixed later than the policy bears',
    zh: '历史固定的时间晚于策略允许',
  },
  LEAD_TOO_LONG: {
    en: 'the blocks may be older than the policy bears, or the clock as far ahead (nothing dates the first block of a log)',
    zh: '区块可能早于策略允许的时间，或时钟超前同样多（日志的首个区块无从定早）',
  },
  NOT_ENROLLED: { en: 'a stream is not one that the policy names', zh: '有数据流不在策略名单中' },
  SUMMARY_ONLY: { en: 'the readings themselves are not disclosed', zh: '未披露读数本身' },
  PARTIAL_ONLY: { en: 'only some of the readings are disclosed', zh: '仅披露了部分读数' },
  PRESENCE_CONFLICT: { en: 'the tag was seen in two places at once', zh: '同一标签同时出现在两处' },
};

export const ANSWERS: Readonly<Record<Verdict['answer'], Text>> = {
  yes: { en: 'YES', zh: '是' },
  no: { en: 'NO', zh: '否' },
  undecided: { en: 'UNDECIDED', zh: '无法判定' },
};

export const FAILURES: Readonly<Record<FailureCode, Text>> = {
  BUNDLE_LIMIT: { en: 'the file is larger than may be opened', zh: '文件超过可打开的大小' },
  BUNDLE_FORMAT: { en: 'the file is no bundle of this form', zh: '文件不是规定格式的证明包' },
  NOTE_FORMAT: { en: 'a signed head is malformed', zh: '日志头格式有误' },
  ORIGIN_UNKNOWN: { en: 'your policy does not know this log', zh: '您的策略中没有此日志' },
  KEY_NOT_VALID: { en: 'no key was valid at this size of the log', zh: '在此日志大小处没有有效密钥' },
  LOG_SIGNATURE: { en: 'a head is not signed by the log key', zh: '日志头未由日志密钥签名' },
  COSIGNATURE: { en: 'a witness’s signature is wrong', zh: '见证人签名有误' },
  NOT_ANCHORED: {
    en: 'fewer witnesses have signed than your policy asks for',
    zh: '签名的见证人少于策略要求',
  },
  LEDGER_PROOF: { en: 'a ledger’s proof is malformed', zh: '账本证明格式有误' },
  COVER_SHAPE: { en: 'the proof of the blocks has the wrong shape', zh: '区块证明的形状有误' },
  ROOT_MISMATCH: { en: 'the blocks are not those of the signed head', zh: '区块与已签名的日志头不符' },
  HEAD_CONFLICT: {
    en: 'two signed heads contradict each other: the log was forked',
    zh: '两个已签名日志头互相矛盾：日志被分叉',
  },
  BLOCK_FORMAT: { en: 'a block is malformed or of another gateway', zh: '区块格式有误或属于其他网关' },
  BLOCK_TIME: { en: 'the times of the blocks do not fit together', zh: '区块时间不连贯' },
  SEGMENT_FORMAT: { en: 'a segment is malformed', zh: '分段格式有误' },
  SLOT_PATH: { en: 'a segment is not the one its block holds', zh: '分段不是该区块所含的分段' },
  SEQ: { en: 'records are missing between blocks', zh: '区块之间缺少记录' },
  DESCRIPTOR: { en: 'a stream’s description is not the one signed', zh: '数据流描述与签名的不符' },
  LEAF_FORMAT: { en: 'a record is malformed', zh: '记录格式有误' },
  LEAF_TIME: { en: 'a record’s time does not fit its block', zh: '记录时间与区块不符' },
  LEAF_ROOT: { en: 'the records are not those sealed', zh: '记录与封存的不符' },
  SUMMARY: { en: 'a summary does not follow from its records', zh: '汇总与记录不符' },
  GAPS: { en: 'the declared silences are not those of the records', zh: '所声明的缺测与记录不符' },
  DEVICE_SIGNATURE: { en: 'a device’s signature is wrong', zh: '设备签名有误' },
  DEVICE_COUNTER: { en: 'a device’s counter is repeated or falls', zh: '设备计数器重复或倒退' },
};
