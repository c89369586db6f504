import type { Text } from '../../domain/alarm.ts';

/** What the page says by itself. */
export const WORDS = {
  title: { en: 'Check a proof', zh: '核验证明包' },
  local: {
    en: 'Everything happens on this device. Nothing is sent, loaded or stored.',
    zh: '全部在本机完成：不发送、不加载、不保存任何内容。',
  },
  ownCopy: {
    en: 'Take this page from a source of your own, not from whoever sent the proof: its SHA-256 must be that of a build from the published sources.',
    zh: '请从您自己的可信来源取得本页，而不是从证明包的发送方：其 SHA-256 应与由公开源码构建的一致。',
  },
  fromServer: {
    en: 'This copy came from a server, which could have changed it. For a decision use your own copy, from disk.',
    zh: '此页来自服务器，可能被其改动。用于决策时，请使用您自己保存在本机的副本。',
  },
  language: { en: 'Language', zh: '语言' },
  print: { en: 'Print', zh: '打印' },
  saveVerdict: { en: 'Save verdict (JSON)', zh: '保存结论（JSON）' },
  dropHere: { en: 'Let go to take these files', zh: '松开以载入文件' },

  bundle: { en: 'The proof file', zh: '证明包' },
  bundleHint: {
    en: 'Drop it anywhere on this page, or choose it. It stays on your device.',
    zh: '拖到页面任意位置，或点击选择。文件不会离开本机。',
  },
  chooseBundle: { en: 'Choose proof file', zh: '选择证明包' },
  reading: { en: 'Reading the file …', zh: '正在读取文件……' },
  tooLarge: {
    en: 'This file is larger than any proof file can be (256 MiB unpacked).',
    zh: '文件超过证明包的上限（解压后 256 MiB）。',
  },
  file: { en: 'File', zh: '文件' },
  bytes: { en: 'bytes', zh: '字节' },
  sha256: { en: 'SHA-256 of the file', zh: '文件 SHA-256' },
  claimedOrigin: { en: 'Log it says it is from', zh: '自称来源日志' },
  claimedStreams: { en: 'Streams it says it shows', zh: '自称包含的数据流' },
  claimNote: {
    en: 'What the sender says; nothing of it is verified before the check.',
    zh: '以上为发送方自述，核验之前均未经证实。',
  },

  policy: { en: 'Your policy', zh: '您的策略' },
  policyWhy: {
    en: 'Your policy says whose keys you trust and how many independent witnesses must have signed. It must come from you, your bank or your consortium, never from whoever sent the proof: a forger would send a policy that trusts the forger. A proof file that carries a policy is refused.',
    zh: '策略写明您信任哪些密钥、须有多少独立见证人签名。它必须来自您本人、您的银行或联盟，绝不能来自证明包的发送方：伪造者会附上只信任自己的策略。夹带策略的证明包一律拒绝。',
  },
  policyHow: { en: 'I have no policy yet. How do I get one?', zh: '我还没有策略，如何获得？' },
  policyStep1: {
    en: 'Ask your risk department or the consortium’s office for the policy file of this gateway; that is where keys are enrolled.',
    zh: '向本行风险部门或联盟秘书处索取该网关的策略文件，密钥在那里登记。',
  },
  policyStep2: {
    en: 'If there is none, the gateway’s operator prints one to start from with the command “bailee policy”. Compare its log key with the one in your contract or on the ledger, by a way other than the one it came by.',
    zh: '若尚无，可请网关运营方用 “bailee policy” 命令输出初始策略，再经另一途径将其中的日志公钥与合同或账本上登记的公钥核对。',
  },
  policyStep3: {
    en: 'Enter the keys of witnesses that you know to be independent of the warehouse, and set k to more than half of their owners. With k = 0 no time is proven.',
    zh: '填入您确知独立于仓库的见证人公钥，并把 k 设为超过其所有者的半数。k = 0 时不证明任何时间。',
  },
  choosePolicy: { en: 'Choose policy file', zh: '选择策略文件' },
  pastePolicy: { en: 'or paste its text (JSON)', zh: '或粘贴其文本（JSON）' },
  policyWrong: { en: 'This is no policy', zh: '这不是有效策略' },
  policyTooLarge: { en: 'This file is too large for a policy.', zh: '文件过大，不是策略。' },
  trusts: { en: 'What it trusts', zh: '所信任的对象' },
  origin: { en: 'Log', zh: '日志' },
  logKeys: { en: 'Log keys', zh: '日志公钥' },
  witnesses: { en: 'Witnesses', zh: '见证人' },
  noWitnesses: {
    en: 'none: no independent time will be proven',
    zh: '无：不会证明任何独立时间',
  },
  quorum: { en: 'owners that must have signed', zh: '个所有者须已签名' },

  question: { en: 'The question', zh: '问题' },
  sendersQuestion: { en: 'the sender’s question, unsigned', zh: '发送方的问题（未签名）' },
  proposedQuestion: { en: 'proposed by this page', zh: '本页建议的问题' },
  ownQuestion: { en: 'your own question', zh: '您自己的问题' },
  questionHint: {
    en: 'The sender may have asked what suits the sender. Ask what you want to know.',
    zh: '发送方可能只问对自己有利的问题。请按您的需要修改。',
  },
  restoreQuestion: { en: 'Back to the sender’s question', zh: '恢复发送方的问题' },
  kindRange: { en: 'Were the values within limits?', zh: '数值是否在限值内？' },
  kindPresent: { en: 'Was a tag there?', zh: '标签是否在场？' },
  from: { en: 'From', zh: '起' },
  to: { en: 'To', zh: '止' },
  slots: { en: 'Streams', zh: '数据流' },
  unit: { en: 'Unit (UCUM)', zh: '单位（UCUM）' },
  decimals: { en: 'Decimals', zh: '小数位' },
  min: { en: 'Lowest', zh: '下限' },
  max: { en: 'Highest', zh: '上限' },
  noLimit: { en: 'no limit', zh: '不限' },
  epc: { en: 'Tag’s EPC (hex)', zh: '标签 EPC（十六进制）' },
  maxGap: { en: 'One reading speaks for at most (s)', zh: '一次读数最多代表（秒）' },
  allowOut: { en: 'Out of limits for at most (s)', zh: '允许超限（秒）' },
  allowGap: { en: 'No reading for at most (s)', zh: '允许缺测（秒）' },
  wrongField: { en: 'does not fit', zh: '填写有误' },
  noQuestion: {
    en: 'The file asks nothing and shows no measured stream: only the evidence itself is checked.',
    zh: '文件未提问，也无测量数据流：仅核验证据本身。',
  },

  check: { en: 'Check', zh: '核验' },
  checkAgain: { en: 'Check with this question', zh: '按此问题核验' },
  cancel: { en: 'Cancel', zh: '取消' },
  checking: { en: 'Checking', zh: '正在核验' },
  stopped: { en: 'The check stopped; nothing can be said.', zh: '核验中断，无法得出任何结论。' },
} as const satisfies Record<string, Text>;
export type Word = keyof typeof WORDS;
