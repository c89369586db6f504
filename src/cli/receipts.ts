import { Option, type Command } from 'commander';
import { AnchorError, ExitCode } from '../domain/errors.ts';
import type { ReceiptOp, RegistryRole, RoleOp } from '../gateway/heads/receipt-acts.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { span } from './inputs.ts';
import { ACT_NAMES, ACTS, type ActName, OPTIONS, type OptionName } from './receipts-acts.ts';
import { foundJson, foundText } from './receipts-answer.ts';
import { type ActOptions, opOf } from './receipts-op.ts';
import {
  accountOf,
  chainOf,
  type PlaceOptions,
  withAccount,
  withChain,
  withRegistry,
} from './receipts-place.ts';
import { refusalText } from './receipts-refusal.ts';
import { receiptStatusCommand, receiptVerifyCommand } from './receipts-status.ts';
import { address, hash32 } from './receipts-values.ts';

type Acting = PlaceOptions & { readonly accountKey: string; readonly wait: string };
type Deploying = PlaceOptions & {
  readonly accountKey: string;
  readonly contract?: string;
  readonly admin?: string;
};
type Granting = Acting & { readonly role: string; readonly to: string; readonly revoke?: boolean };
type Showing = PlaceOptions & Pick<ActOptions, 'location' | 'lot' | 'seal'>;

export function receiptsCommand(context: Context): Command {
  const made = command(context, 'receipts', {
    summary: {
      en: 'warehouse receipts, pledges and release orders on the consortium’s chain, and who controls their goods',
      zh: '联盟链上的仓单、质押与放行单，及其货物的监管状态',
    },
    more: {
      en: 'What the contract would refuse is not sent: it changes nothing and costs nothing, and the exit code is 1.',
      zh: '合约会拒绝的操作不会发送：不改变任何状态，不产生费用，退出码为 1。',
    },
    examples: ['bailee receipts issue --help', 'bailee receipts show RECEIPT --help'],
  });
  made.addCommand(deployCommand(context));
  made.addCommand(grantCommand(context));
  for (const name of ACT_NAMES) made.addCommand(actCommand(context, name));
  made.addCommand(showCommand(context));
  made.addCommand(receiptStatusCommand(context));
  made.addCommand(receiptVerifyCommand(context));
  return made;
}

function deployCommand(context: Context): Command {
  const made = command(context, 'deploy', {
    summary: {
      en: 'create the contract for receipts beside the AnchorLog; the account is its admin',
      zh: '在 AnchorLog 旁创建仓单合约；该账户为管理员',
    },
    examples: [
      'bailee receipts deploy --config gateway.yaml --account-key file:admin.key',
      'bailee receipts deploy --url http://127.0.0.1:8545 --chain-id 31337 --contract 0x… --account-key file:admin.key',
    ],
  });
  return withAccount(withChain(withJson(made, context), context), context)
    .option('--contract <address>', context.say({ en: 'the AnchorLog', zh: 'AnchorLog 合约地址' }))
    .option(
      '--admin <address>',
      context.say({ en: 'another admin, e.g. a multi-signature account', zh: '另设管理员，如多签账户' }),
    )
    .action((options: Deploying) => deploy(context, options));
}

async function deploy(context: Context, options: Deploying): Promise<void> {
  const { anchorLog, ...place } = await chainOf(context, options);
  const log = options.contract === undefined ? anchorLog : address(options.contract);
  if (log === null) throw new UsageError('give the AnchorLog: --contract ADDRESS, or --config FILE');
  const admin = options.admin === undefined ? null : address(options.admin);
  const key = await accountOf(context, options.accountKey);
  const { deployReceipts } = await import('../gateway/heads/receipt-acts.ts');
  const made = await deployReceipts(place, key, { admin, anchorLog: log }, context.world.signal);
  if (options.json === true) context.json({ ...made, chainId: place.chainId });
  else context.out(made.registry);
}

const ROLES: Readonly<Record<string, RegistryRole>> = {
  warehouse: 'WAREHOUSE',
  financier: 'FINANCIER',
  regulator: 'REGULATOR',
  inspector: 'INSPECTOR',
};

function grantCommand(context: Context): Command {
  const made = command(context, 'grant', {
    summary: { en: 'as admin: say who may act as what', zh: '管理员：授予角色' },
    examples: [
      'bailee receipts grant --role warehouse --to 0x… --config gateway.yaml --registry 0x… --account-key file:admin.key',
    ],
  });
  return acting(made, context)
    .addOption(
      new Option('--role <role>', context.say({ en: 'the role', zh: '角色' }))
        .choices(Object.keys(ROLES))
        .makeOptionMandatory(),
    )
    .requiredOption('--to <address>', context.say({ en: 'who gets it', zh: '账户地址' }))
    .option('--revoke', context.say({ en: 'take it back', zh: '收回' }))
    .action((options: Granting) => {
      const role = ROLES[options.role];
      if (role === undefined) throw new UsageError(`"${options.role}" is no role`);
      const account = address(options.to);
      return act(context, options, { kind: 'role', role, account, on: options.revoke !== true });
    });
}

function actCommand(context: Context, name: ActName): Command {
  const { on, summary, needs, takes, example } = ACTS[name];
  const place = '--config gateway.yaml --registry 0x… --account-key file:mine.key';
  const made = command(context, name, {
    summary,
    examples: [`bailee receipts ${name} ${example} ${place}`],
  });
  if (on !== null) made.argument(`<${on}>`, context.say({ en: `id of the ${on}`, zh: '其标识' }));
  acting(made, context);
  for (const option of needs) made.addOption(optionOf(context, option).makeOptionMandatory());
  for (const option of takes) made.addOption(optionOf(context, option));
  return made.action(async () => {
    const options = made.opts<Acting & ActOptions>();
    await act(context, options, await opOf(name, made.args[0] ?? '', options));
  });
}

function optionOf(context: Context, name: OptionName): Option {
  const { flag, about } = OPTIONS[name];
  return new Option(flag, context.say(about));
}

function acting(made: Command, context: Context): Command {
  return withAccount(withRegistry(withJson(made, context), context), context).option(
    '--wait <span>',
    context.say({ en: 'how long to wait until it is final', zh: '等待最终确认的时长' }),
    '10m',
  );
}

async function act(context: Context, options: Acting, op: ReceiptOp | RoleOp): Promise<void> {
  const waitMs = span(options.wait);
  const registry = address(options.registry ?? '');
  const place = { ...(await chainOf(context, options)), registry };
  const key = await accountOf(context, options.accountKey);
  const { actOnReceipts } = await import('../gateway/heads/receipt-acts.ts');
  const sending = ({ subject, transaction }: { subject: string | null; transaction: string }): void => {
    const nonce = 'nonce' in op ? ` nonce ${op.nonce}` : '';
    context.tell(`${context.say({ en: 'sending', zh: '发送' })} ${transaction} ${subject ?? ''}${nonce}`);
  };
  const done = await actOnReceipts(place, key, op, { sending, waitMs }, context.world.signal);
  if (done.kind === 'refused') {
    const { why } = done;
    const values = Object.entries(why).map(([name, v]) => [name, typeof v === 'bigint' ? String(v) : v]);
    if (options.json === true) context.json({ refused: Object.fromEntries(values) });
    const said = context.say({ en: 'refused', zh: '被拒绝' });
    context.tell(`bailee: ${said}: ${why.code}: ${context.say(refusalText(op.kind, why, Date.now()))}`);
    context.exitCode = ExitCode.difference;
    return;
  }
  const { subject, transaction } = done.sent;
  if (done.kind !== 'done')
    throw new AnchorError(
      done.kind === 'dropped' ? 'DROPPED' : 'UNREACHABLE',
      context.say({
        en: `transaction ${transaction} is ${done.kind}, not final; see bailee receipts show ${subject ?? ''}`,
        zh: `交易 ${transaction} 状态为 ${done.kind}，尚未最终确认；请用 bailee receipts show ${subject ?? ''} 查看`,
      }),
    );
  if (options.json === true) context.json({ id: subject, transaction });
  else context.out(subject ?? transaction);
}

function showCommand(context: Context): Command {
  const made = command(context, 'show', {
    summary: {
      en: 'what finally stands: a receipt, pledge or order by its id, or the receipt of goods',
      zh: '查看最终状态：按标识查仓单、质押、放行单，或按货物查仓单',
    },
    examples: [
      'bailee receipts show 0x… --config gateway.yaml --registry 0x…',
      'bailee receipts show --location "Hall 3" --lot 26-11 --seal A17 --config gateway.yaml --registry 0x…',
    ],
  });
  made.argument('[id]', context.say({ en: 'id of a receipt, pledge or order', zh: '标识' }));
  withRegistry(withJson(made, context), context);
  for (const option of ['location', 'lot', 'seal'] as const) made.addOption(optionOf(context, option));
  return made.action((id: string | undefined, options: Showing) => show(context, id, options));
}

async function show(context: Context, id: string | undefined, options: Showing): Promise<void> {
  const registry = address(options.registry ?? '');
  const { location, lot, seal = [] } = options;
  const byGoods = location !== undefined && lot !== undefined ? { location, lot, seals: seal } : null;
  if ((id === undefined) === (byGoods === null))
    throw new UsageError('give either an id, or --location, --lot and each --seal of the goods');
  const place = { ...(await chainOf(context, options)), registry };
  const { lookUp, lookUpGoods } = await import('../gateway/heads/receipt-acts.ts');
  const { goodsKey } = await import('../gateway/heads/receipt-hashes.ts');
  const { signal } = context.world;
  const found =
    byGoods === null
      ? await lookUp(place, hash32(id ?? ''), signal)
      : await lookUpGoods(place, goodsKey(byGoods), signal);
  if (found === null) {
    context.tell(`bailee: ${context.say({ en: 'nothing stands there at finality', zh: '最终状态中没有' })}`);
    context.exitCode = ExitCode.difference;
  } else if (options.json === true) context.json(foundJson(found));
  else context.out(foundText(context, found));
}
