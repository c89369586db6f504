import type { Command } from 'commander';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, epochAsked, withEpoch, type EpochOptions } from './data-directory.ts';
import { UsageError } from './failure.ts';
import { moment, shown } from './inputs.ts';
import { contactsCommand } from './report-contacts.ts';
import { tripsCommand } from './report-trips.ts';

type Options = EpochOptions & {
  readonly from: string;
  readonly to: string;
  readonly operators: string;
  readonly json?: boolean;
};

export function reportCommand(context: Context): Command {
  return command(context, 'report', {
    summary: { en: 'figures from the journal', zh: '由日志得出的统计' },
    examples: ['bailee report alarms --data /var/lib/bailee --from 30d'],
  })
    .addCommand(alarmsCommand(context))
    .addCommand(contactsCommand(context))
    .addCommand(tripsCommand(context));
}

function alarmsCommand(context: Context): Command {
  const made = command(context, 'alarms', {
    summary: {
      en: 'how the alarm system does: how often, floods, stale and chattering alarms, time to acknowledge',
      zh: '报警系统状况：频次、泛滥、陈旧与跳变的报警、确认用时',
    },
    more: {
      en: `The measures of ISA-18.2 / IEC 62682, from records alone: whoever has the journal gets the same. The gateway may run meanwhile.
Alarms of the alarm machine itself do not count. All epochs of the log count, or that of --epoch alone.`,
      zh: `按 ISA-18.2 / IEC 62682 的指标，仅由日志记录得出：任何持有日志者结果相同。可在网关运行时执行。
报警机制自身的报警不计入。计入日志的全部纪元，或仅 --epoch 所指的一个。`,
    },
    examples: [
      'bailee report alarms --config gateway.yaml --from 30d',
      'bailee report alarms --data ./copy --from 2026-10-01 --to 2026-11-01 --operators 2 --json',
    ],
  });
  return withJson(withEpoch(made, context), context)
    .option('--from <time>', context.say({ en: 'begin of the time', zh: '起始时间' }), '24h')
    .option(
      '--to <time>',
      context.say({ en: 'end of the time, not included', zh: '结束时间（不含）' }),
      'now',
    )
    .option('--operators <n>', context.say({ en: 'operators on shift', zh: '当班操作员人数' }), '1')
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const now = Date.now();
  const [from, to] = [moment(options.from, now), moment(options.to, now)];
  if (from >= to) throw new UsageError(`--from ${shown(from)} is not before --to ${shown(to)}`);
  if (!/^[1-9]\d?$/.test(options.operators)) throw new UsageError('--operators is a number from 1 to 99');
  const directory = await dataDirectory(options);
  const { openReadOnly } = await import('../gateway/archive/open-read-only.ts');
  const { acrossEpochs } = await import('../gateway/archive/across-epochs.ts');
  const { describeFigures } = await import('./figures-text.ts');
  const epoch = epochAsked(options);
  const past = epoch === null ? acrossEpochs(directory) : openReadOnly(directory, epoch);
  const figures = await past.alarmReport(
    { from, to, operators: Number(options.operators) },
    { signal: context.world.signal },
  );
  if (options.json === true) context.json(figures);
  else context.out(describeFigures(figures, context.lang));
}
