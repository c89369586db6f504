import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import type { KeyShown } from '../gateway/keys/key-desk.ts';
import { command, withJson } from './command.ts';
import type { Context, Lang } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';

type Options = DataOptions & { readonly json?: boolean };
type Asking = Options & { readonly reason: string };
type Revoking = Asking & { readonly validSize?: string; readonly rolledBack?: boolean };

export function keysCommand(context: Context): Command {
  const made = command(context, 'keys', {
    summary: {
      en: 'show the keys that sign this gateway’s log, and change them',
      zh: '查看并更换本网关日志的签名密钥',
    },
    examples: ['bailee keys list --data /var/lib/bailee', 'bailee keys rotate --help'],
  });
  made.addCommand(listCommand(context));
  made.addCommand(rotateCommand(context));
  made.addCommand(acceptCommand(context));
  made.addCommand(revokeCommand(context));
  made.addCommand(acknowledgeCommand(context));
  return made;
}

function listCommand(context: Context): Command {
  const made = command(context, 'list', {
    summary: {
      en: 'number, state, log sizes and public halves of every key; never a secret',
      zh: '列出各密钥的编号、状态、适用日志大小与公钥；不显示任何私钥',
    },
    examples: ['bailee keys list --data /var/lib/bailee --json'],
  });
  return withJson(withData(made, context), context).action((options: Options) => list(context, options));
}

function rotateCommand(context: Context): Command {
  const made = command(context, 'rotate', {
    summary: {
      en: 'announce a new key pair, made by the gateway itself',
      zh: '公布由网关自行生成的新密钥对',
    },
    more: {
      en: `A running gateway does it within a second; one that is stopped, when it starts. From the next head on old
and new key sign. With a ledger the new key is proposed there, and counts after the contract's delay; without
one, hand out the new policy and then say: bailee keys accept. The old key is erased when it signs no more.
A ledger-key in the configuration stays there: it is key 0, and its file is yours to erase once it is retired.`,
      zh: `运行中的网关一秒内执行；停止的网关在启动时执行。自下一个日志头起新旧密钥同时签名。
有账本时新密钥提交至账本，合约等待期后生效；无账本时请先分发新策略，再执行 bailee keys accept。
旧密钥停止签名后即被擦除。配置中的 ledger-key 为 0 号密钥，停用后请自行销毁其文件。`,
    },
    examples: ['bailee keys rotate --data /var/lib/bailee --reason "yearly"'],
  });
  return asking(made, context, 'rotate');
}

function acceptCommand(context: Context): Command {
  const made = command(context, 'accept', {
    summary: {
      en: 'without a ledger: let the announced key sign alone from now on',
      zh: '无账本时：自此由已公布的新密钥单独签名',
    },
    more: {
      en: 'Verifiers then need the policy that names it: bailee policy. With a ledger, its contract decides this.',
      zh: '此后验证方需要含新密钥的策略：bailee policy。有账本时由合约决定。',
    },
    examples: ['bailee keys accept --data /var/lib/bailee --reason "new policy is with the bank"'],
  });
  return asking(made, context, 'accept');
}

function revokeCommand(context: Context): Command {
  const made = command(context, 'revoke', {
    summary: {
      en: 'end this log for good: the gateway goes on in the next epoch, with new keys',
      zh: '永久终止此日志：网关以新密钥进入下一纪元',
    },
    more: {
      en: `For a stolen key, or a data directory that was put back from a copy. With a ledger its REVOKER does this for all:
bailee ledger revoke; the gateway then sees it by itself. What was recorded stays where it is, readable and
provable up to the size that is still valid. Hand out the new policy, and enrol the new epoch on the ledger.
Keys that the configuration names are yours to change: with those of the ended log the next epoch does not
start (exit 78). Put a new key into the file of keys.log-key first, or take the field out then.`,
      zh: `用于密钥被盗或数据目录由旧副本恢复。有账本时由吊销人执行 bailee ledger revoke，网关会自行发现。
已记录的数据保持原状，可读取，并在有效大小以内可证明。请分发新策略，并在账本登记新纪元。
配置中指定的密钥须由您更换：若仍为已终止日志的密钥，下一纪元不会启动（退出码 78）。
请先在 keys.log-key 的文件中放入新密钥，或届时删除该项。`,
    },
    examples: [
      'bailee keys revoke --data /var/lib/bailee --valid-size 1008 --reason "key copied on 3 May"',
      'bailee keys revoke --data /var/lib/bailee --rolled-back --valid-size 2016',
    ],
  });
  return withJson(withData(made, context), context)
    .option(
      '--valid-size <size>',
      context.say({
        en: 'heads above this size are void; of a copy: the size that others hold; else what is signed here',
        zh: '此大小以上的日志头无效；恢复旧副本时为他方持有的大小；默认取本机已签大小',
      }),
    )
    .option('--rolled-back', context.say({ en: 'the directory is an old copy', zh: '数据目录为旧副本' }))
    .option('--reason <text>', context.say({ en: 'why, for the journal', zh: '原因，记入日志' }), '')
    .action((options: Revoking) => {
      const size = options.validSize === undefined ? null : Number(options.validSize);
      if (size !== null && !(Number.isSafeInteger(size) && size >= 0))
        throw new UsageError(`"${options.validSize}" is no size of a log`);
      const act = options.rolledBack === true ? 'rollback' : 'revoke';
      return askEpoch(context, { act, size, reason: options.reason }, options);
    });
}

function acknowledgeCommand(context: Context): Command {
  const made = command(context, 'acknowledge', {
    summary: {
      en: 'note that the end of the epoch before was looked into; until then health says it',
      zh: '确认已查明上一纪元的终止；此前健康状态持续提示',
    },
    examples: ['bailee keys acknowledge --data /var/lib/bailee --reason "disk was restored by us"'],
  });
  return withJson(withData(made, context), context)
    .option('--reason <text>', context.say({ en: 'why, for the journal', zh: '原因，记入日志' }), '')
    .action((options: Asking) =>
      askEpoch(context, { act: 'acknowledge', size: null, reason: options.reason }, options),
    );
}

async function askEpoch(
  context: Context,
  about: { act: 'revoke' | 'rollback' | 'acknowledge'; size: number | null; reason: string },
  options: Options,
): Promise<void> {
  const { askForEpoch } = await import('../gateway/keys/key-desk.ts');
  const done = await askForEpoch(await dataDirectory(options), about, context.world.signal);
  if (!done.ok) {
    refuse(context, done.why);
    return;
  }
  if (options.json === true) context.json(done.value);
  else context.out(context.say({ en: `epoch ${done.value.epoch}`, zh: `纪元 ${done.value.epoch}` }));
  if (!done.value.served) {
    context.tell(
      context.say({
        en: 'No gateway has done it yet: it will when it starts.',
        zh: '尚无网关执行：启动后即执行。',
      }),
    );
  }
}

function asking(made: Command, context: Context, act: 'rotate' | 'accept'): Command {
  return withJson(withData(made, context), context)
    .option('--reason <text>', context.say({ en: 'why, for the journal', zh: '原因，记入日志' }), '')
    .action((options: Asking) => ask(context, act, options));
}

async function list(context: Context, options: Options): Promise<void> {
  const { listKeys } = await import('../gateway/keys/key-desk.ts');
  const keys = listKeys(await dataDirectory(options));
  if (!keys.ok) refuse(context, keys.why);
  else show(context, keys.value, options);
}

async function ask(context: Context, act: 'rotate' | 'accept', options: Asking): Promise<void> {
  const directory = await dataDirectory(options);
  const { askForKeys } = await import('../gateway/keys/key-desk.ts');
  const done = await askForKeys(directory, act, options.reason, context.world.signal);
  if (!done.ok) {
    refuse(context, done.why);
    return;
  }
  show(context, done.value.keys, options);
  if (!done.value.served) {
    context.tell(
      context.say({
        en: 'No gateway has done it yet: it will when it starts. With a ledger only its contract accepts a key.',
        zh: '尚无网关执行：启动后即执行。有账本时密钥只由合约接受。',
      }),
    );
  }
}

function refuse(context: Context, why: string): void {
  context.tell(`bailee: ${why}`);
  context.exitCode = ExitCode.difference;
}

function show(context: Context, keys: readonly KeyShown[], options: Options): void {
  if (options.json === true) context.json(keys);
  else context.out(keys.map((key) => describe(key, context.lang)).join('\n'));
}

const STATES: Readonly<Record<Lang, Readonly<Record<KeyShown['state'], string>>>> = {
  en: { 'in-force': 'in force', announced: 'announced', retired: 'retired', cancelled: 'cancelled' },
  zh: { 'in-force': '使用中', announced: '已公布', retired: '已停用', cancelled: '已取消' },
};

function describe({ no, log, ledger, from, to, announcedIn, erased, state }: KeyShown, lang: Lang): string {
  const sizes =
    from === null
      ? { en: `announced in block ${announcedIn}`, zh: `公布于区块 ${announcedIn}` }
      : { en: `sizes above ${from}`, zh: `日志大小大于 ${from}` };
  const end = to === null ? '' : { en: ` up to ${to}`, zh: `、至 ${to}` }[lang];
  const gone = erased ? { en: ', private half erased', zh: '，私钥已擦除' }[lang] : '';
  return [
    `${no} ${STATES[lang][state]}, ${sizes[lang]}${end}${gone}`,
    `  ${log}`,
    ...(ledger === null ? [] : [`  ${ledger}`]),
  ].join('\n');
}
