import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import type { Text } from '../domain/alarm.ts';
import type { LogPlace } from '../gateway/keys/ledger-acts.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { credentialsOfUnit, credentialsToCheck } from './credentials.ts';
import { UsageError } from './failure.ts';

type Options = {
  readonly config?: string;
  readonly url?: string;
  readonly chainId?: string;
  readonly contract?: string;
  readonly origin?: string;
  readonly accountKey: string;
  readonly reason?: string;
  readonly validSize?: string;
  readonly json?: boolean;
};

/** What is said of each act of REVOKER. */
const ACTS: Readonly<Record<'revoke' | 'suspend' | 'resume' | 'cancel-key', Text>> = {
  revoke: {
    en: 'as revoker: end a log for good; its gateway goes on in the next epoch',
    zh: '吊销人：永久终止日志；网关转入下一纪元',
  },
  suspend: {
    en: 'as revoker: take no more heads of a log until it is resumed; a proposed key falls',
    zh: '吊销人：暂停日志，恢复前不再接受日志头；待定密钥作废',
  },
  resume: {
    en: 'as revoker: take heads again; a proposed key that has waited long enough is in force',
    zh: '吊销人：恢复日志；等待期满的待定密钥即生效',
  },
  'cancel-key': {
    en: 'as revoker: say no to the key that is proposed',
    zh: '吊销人：否决待定密钥',
  },
};

export function actCommands(context: Context): Command[] {
  const acts = (['revoke', 'suspend', 'resume', 'cancel-key'] as const).map((act) => {
    const example = 'bailee ledger ACT --config gateway.yaml --account-key file:revoker.key'.replace(
      'ACT',
      act,
    );
    const made = withPlace(command(context, act, { summary: ACTS[act], examples: [example] }), context);
    if (act === 'revoke') {
      made.option(
        '--valid-size <size>',
        context.say({
          en: 'heads above this size are void; else none that is anchored',
          zh: '此大小以上的日志头无效；默认已锚定者均有效',
        }),
      );
    }
    return made.action((options: Options) => run(context, act, options));
  });
  return [...acts, proposeCommand(context)];
}

function proposeCommand(context: Context): Command {
  const made = command(context, 'propose-key', {
    summary: {
      en: 'as registrar: propose the key that a gateway announced, without consent of the lost or stolen one',
      zh: '登记人：提交网关已公布的新密钥，无需遗失或被盗密钥同意',
    },
    more: {
      en: 'Run it on the gateway, whose data directory holds the key. Before: bailee ledger suspend, bailee keys rotate; after the delay: bailee ledger resume.',
      zh: '在网关上执行，密钥在其数据目录中。此前：bailee ledger suspend、bailee keys rotate；等待期后：bailee ledger resume。',
    },
    examples: ['bailee ledger propose-key --config gateway.yaml --account-key file:registrar.key'],
  });
  return withJson(made, context)
    .requiredOption('--config <file>', context.say({ en: 'configuration file', zh: '配置文件' }))
    .requiredOption('--account-key <reference>', accountText(context))
    .action((options: Options) => propose(context, options));
}

function withPlace(made: Command, context: Context): Command {
  return withJson(made, context)
    .option(
      '--config <file>',
      context.say({
        en: 'the gateway’s configuration: where, and which log',
        zh: '网关配置：账本位置与日志',
      }),
    )
    .option('--url <url>', context.say({ en: 'node of the chain', zh: '链节点地址' }))
    .option('--chain-id <number>', context.say({ en: 'id of the chain', zh: '链 ID' }))
    .option('--contract <address>', context.say({ en: 'address of the contract', zh: '合约地址' }))
    .option('--origin <origin>', context.say({ en: 'origin of the log', zh: '日志来源标识' }))
    .requiredOption('--account-key <reference>', accountText(context))
    .option(
      '--reason <text>',
      context.say({ en: 'kept on the ledger, hashed if long', zh: '记入账本，过长则记其哈希' }),
      '',
    );
}

function accountText(context: Context): string {
  return context.say({
    en: 'secret key of the account, file:PATH or credential:NAME',
    zh: '账户私钥，file:路径 或 credential:名称',
  });
}

async function run(context: Context, act: keyof typeof ACTS, options: Options): Promise<void> {
  const validSize = options.validSize === undefined ? null : Number(options.validSize);
  if (validSize !== null && !(Number.isSafeInteger(validSize) && validSize >= 0))
    throw new UsageError(`"${options.validSize}" is no size of a log`);
  const place = await placeOf(context, options);
  const { actOnLog } = await import('../gateway/keys/ledger-acts.ts');
  const what = act === 'revoke' ? { act, validSize } : { act };
  const done = await actOnLog(place, what, options.reason ?? '', context.world.signal);
  if (!done.ok) refuse(context, done.why);
  else if (options.json === true) context.json(done.value);
  else {
    const { origin, status, validSize: valid } = done.value;
    context.out(`${origin} ${status}${valid === null ? '' : ` ${valid}`}`);
  }
}

async function propose(context: Context, options: Options): Promise<void> {
  const { loadSite } = await import('../gateway/site/site.ts');
  const site = await loadSite(resolve(options.config ?? ''), credentialsToCheck(context.world));
  if (!site.ok) throw new ConfigError(site.problems);
  const { proposeAnnounced } = await import('../gateway/keys/ledger-acts.ts');
  const account = await accountOf(context, options);
  const done = await proposeAnnounced(site.value, account, context.world.signal);
  if (!done.ok) refuse(context, done.why);
  else if (options.json === true) context.json(done.value);
  else context.out(`${done.value.origin} ${done.value.key}`);
}

/** By the gateway's configuration, or by four options that a member without one gives. */
async function placeOf(context: Context, options: Options): Promise<LogPlace> {
  const accountKey = await accountOf(context, options);
  const { config, url, chainId, contract, origin } = options;
  if (config === undefined) {
    if (url === undefined || chainId === undefined || contract === undefined || origin === undefined)
      throw new UsageError('give either --config FILE, or --url, --chain-id, --contract and --origin');
    if (!/^[1-9]\d{0,15}$/.test(chainId)) throw new UsageError(`"${chainId}" is no chain id`);
    if (!/^(0x)?[0-9a-fA-F]{40}$/.test(contract)) throw new UsageError(`"${contract}" is no address`);
    return { url, chainId: Number(chainId), contract, origin, accountKey };
  }
  const { loadSite } = await import('../gateway/site/site.ts');
  const site = await loadSite(resolve(config), credentialsToCheck(context.world));
  if (!site.ok) throw new ConfigError(site.problems);
  const { ledger, data } = site.value;
  if (ledger === null) throw new UsageError(`${resolve(config)} has no ledger`);
  const { originIn } = await import('../gateway/keys/identity.ts');
  return { ...ledger, origin: origin ?? originIn(data), accountKey };
}

async function accountOf(context: Context, { accountKey }: Options): Promise<LogPlace['accountKey']> {
  const { SecretStore } = await import('../config/secret.ts');
  return new SecretStore(process.cwd(), credentialsOfUnit(context.world)).read(accountKey);
}

function refuse(context: Context, why: string): void {
  context.tell(`bailee: ${why}`);
  context.exitCode = ExitCode.difference;
}
