import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import { actCommands } from './ledger-acts.ts';
import type { Context } from './context.ts';
import { credentialsToCheck, credentialsOfUnit } from './credentials.ts';
import { UsageError } from './failure.ts';
import { span } from './inputs.ts';

type Deploy = {
  readonly url: string;
  readonly chainId: string;
  readonly accountKey: string;
  readonly keyDelay: string;
  readonly json?: boolean;
};
type Enrol = {
  readonly config: string;
  readonly accountKey?: string;
  readonly maxSilence: string;
  readonly json?: boolean;
};

export function ledgerCommand(context: Context): Command {
  const made = command(context, 'ledger', {
    summary: {
      en: 'set up and keep the consortium’s ledger: its contract, logs of gateways, their keys',
      zh: '设置与维护联盟账本：合约、网关日志及其密钥',
    },
    examples: ['bailee ledger deploy --help', 'bailee ledger enrol --help'],
  });
  made.addCommand(deployCommand(context));
  made.addCommand(enrolCommand(context));
  for (const act of actCommands(context)) made.addCommand(act);
  return made;
}

function deployCommand(context: Context): Command {
  const made = command(context, 'deploy', {
    summary: {
      en: 'create the AnchorLog contract; its admin, registrar and revoker is the account',
      zh: '创建 AnchorLog 合约；该账户为管理员、登记人与吊销人',
    },
    examples: [
      'bailee ledger deploy --url http://127.0.0.1:8545 --chain-id 31337 --account-key file:admin.key',
    ],
  });
  return withJson(made, context)
    .requiredOption('--url <url>', context.say({ en: 'node of the chain', zh: '链节点地址' }))
    .requiredOption('--chain-id <number>', context.say({ en: 'id of the chain', zh: '链 ID' }))
    .requiredOption(
      '--account-key <reference>',
      context.say({
        en: 'secret key of the account, file:PATH or credential:NAME',
        zh: '账户私钥，file:路径 或 credential:名称',
      }),
    )
    .option(
      '--key-delay <span>',
      context.say({ en: 'time before a proposed key counts', zh: '新密钥生效前的等待时间' }),
      '24h',
    )
    .action((options: Deploy) => deploy(context, options));
}

function enrolCommand(context: Context): Command {
  const made = command(context, 'enrol', {
    summary: {
      en: 'open this gateway’s log on the contract that its configuration names',
      zh: '在配置所指的合约上登记本网关的日志',
    },
    more: {
      en: 'The gateway must have been started once, so that its log key exists. A new epoch ends the log of the one before.',
      zh: '网关须先启动过一次，以生成日志密钥。登记新纪元即终止上一纪元的日志。',
    },
    examples: ['bailee ledger enrol --config gateway.yaml --account-key file:registrar.key'],
  });
  return withJson(made, context)
    .requiredOption('--config <file>', context.say({ en: 'configuration file', zh: '配置文件' }))
    .option(
      '--account-key <reference>',
      context.say({
        en: 'secret key of the registrar; else the configured account',
        zh: '登记人私钥；默认用配置中的账户',
      }),
    )
    .option(
      '--max-silence <span>',
      context.say({
        en: 'without an anchor for longer, readers judge the log silent',
        zh: '超过此时长无锚定即视为失联',
      }),
      '24h',
    )
    .action((options: Enrol) => enrol(context, options));
}

async function deploy(context: Context, options: Deploy): Promise<void> {
  const chainId = Number(options.chainId);
  if (!Number.isSafeInteger(chainId) || chainId < 1)
    throw new UsageError(`"${options.chainId}" is no chain id`);
  const keyDelayS = Math.ceil(span(options.keyDelay) / 1000);
  const { SecretStore } = await import('../config/secret.ts');
  const accountKey = new SecretStore(process.cwd(), credentialsOfUnit(context.world)).read(
    options.accountKey,
  );
  const { deployLedger } = await import('../gateway/keys/ledger-setup.ts');
  const place = { url: options.url, chainId, accountKey };
  const contract = await deployLedger(place, keyDelayS, context.world.signal);
  if (options.json === true) context.json({ contract, chainId });
  else context.out(contract);
}

async function enrol(context: Context, options: Enrol): Promise<void> {
  const maxSilenceS = Math.ceil(span(options.maxSilence) / 1000);
  const { loadSite } = await import('../gateway/site/site.ts');
  const { SecretStore } = await import('../config/secret.ts');
  const file = resolve(options.config);
  const site = await loadSite(file, credentialsToCheck(context.world));
  if (!site.ok) throw new ConfigError(site.problems);
  const { ledger } = site.value;
  if (ledger === null) throw new UsageError(`${file} has no ledger`);
  const configured = new SecretStore(dirname(file), credentialsOfUnit(context.world));
  const named = new SecretStore(process.cwd(), credentialsOfUnit(context.world));
  const account =
    options.accountKey === undefined ? configured.read(ledger.accountKey) : named.read(options.accountKey);
  const { SiteKeys } = await import('../gateway/keys/site-keys.ts');
  using siteKeys = new SiteKeys(site.value, configured, () => undefined);
  if (siteKeys.ledger === null) throw new UsageError(`${file} has no ledger key`);
  const keys = { account, ledger: siteKeys.ledger };
  const { enrolGateway } = await import('../gateway/keys/ledger-setup.ts');
  const done = await enrolGateway(site.value, keys, maxSilenceS, context.world.signal);
  if (!done.ok) {
    context.tell(`bailee: ${done.why}`);
    context.exitCode = ExitCode.difference;
  } else if (options.json === true) context.json(done.value);
  else context.out(`${done.value.origin} ${done.value.contract}`);
}
