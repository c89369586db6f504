import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { withData } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { GatewayCall, withGateway, type CallOptions } from './gateway-call.ts';
import { moment, shown } from './inputs.ts';

type Options = CallOptions & {
  readonly stream: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly force?: boolean;
};

const POLL_MS = 300;

export function eraseCommand(context: Context): Command {
  const made = command(context, 'erase', {
    summary: {
      en: 'erase readings for good, and the keys without which nobody can guess them',
      zh: '永久删除读数及其密钥，使任何人无法还原',
    },
    more: {
      en: `The running gateway does it, and puts on record who asked, when and why. How many readings there were, the least and
greatest and every silence stay sealed, and all proofs of the rest stay valid; where something was erased, no bundle can say yes
by its readings. Alarms, acts, commands and all else of the gateway itself are never erased, nor what is not sealed yet. What no
ledger or quorum of witnesses holds yet is erased only with --force.
An epoch of the log that is over is never written again. Its readings go only with all of it, while the gateway is stopped: the
folder epochs/NUMBER, or for epoch 0 the files journal.db*; bundles that were handed out stay provable.
Exit 0: gone from every file of the data directory; copies that you made yourself are yours to erase.`,
      zh: `由运行中的网关执行，并记录由谁、何时、因何删除。读数条数、最小值、最大值与缺测时段仍在封存之中，其余数据的证明依然有效；
凡有删除之处，证明包不能再以读数给出“是”。报警、操作、指令等网关自身的事件永不删除，尚未封存的数据也不能删除。
尚无账本或见证法定数持有的数据，须加 --force 才会删除。
已终止的日志纪元不再写入，其读数只能在网关停止后整体移除：文件夹 epochs/编号，纪元 0 为文件 journal.db*；已交出的证明包仍可证明。
退出码 0：已从数据目录的所有文件中清除；您自行制作的副本须自行删除。`,
    },
    examples: [
      'bailee erase --config gateway.yaml --stream probe-1/temperature --from 2026-01-01 --to 2026-02-01 --reason "retention of a year"',
    ],
  });
  return withGateway(withData(made, context), context)
    .requiredOption(
      '--stream <id...>',
      context.say({ en: 'stream, DEVICE/CHANNEL', zh: '数据流，设备/通道' }),
    )
    .requiredOption('--from <time>', context.say({ en: 'begin of the time', zh: '起始时间' }))
    .requiredOption(
      '--to <time>',
      context.say({ en: 'end of the time, not included', zh: '结束时间（不含）' }),
    )
    .requiredOption('--reason <text>', context.say({ en: 'why, for the record', zh: '原因，记入日志' }))
    .option(
      '--force',
      context.say({
        en: 'also what no ledger or quorum of witnesses holds yet',
        zh: '包括尚无账本或见证法定数持有的数据',
      }),
    )
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const now = Date.now();
  const [from, to] = [moment(options.from, now), moment(options.to, now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  const { stream: streams, reason, force = false } = options;
  const gateway = await GatewayCall.of(options, context);
  const { readErasures } = await import('./erase-answer.ts');
  await gateway.post('erasures', { streams, from, to, reason, force });
  for (;;) {
    const underWay = readErasures(await gateway.get('erasures'));
    const left = underWay.filter((e) => e.from === from && e.to === to && streams.includes(e.stream));
    if (left.length === 0) break;
    const blocks = left.reduce((sum, e) => sum + e.blocksLeft, 0);
    context.progress(context.say({ en: `${blocks} blocks left`, zh: `剩余 ${blocks} 个区块` }));
    await sleep(POLL_MS, undefined, { signal: context.world.signal });
  }
  context.exitCode = ExitCode.ok;
  context.out(
    context.say({
      en: `Erased, and on record: ${streams.join(', ')}, ${shown(from)} … ${shown(to)}`,
      zh: `已删除并记录在案：${streams.join('、')}，${shown(from)} … ${shown(to)}`,
    }),
  );
}
