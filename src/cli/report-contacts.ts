import type { Command } from 'commander';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { dataDirectory, withData, type DataOptions } from './data-directory.ts';

type Options = DataOptions & { readonly json?: boolean; readonly csv?: boolean };

/** What a recall asks: with which other lots a lot lay together, where and when. */
export function contactsCommand(context: Context): Command {
  const made = command(context, 'contacts', {
    summary: {
      en: 'which other lots were in one zone or vehicle with a lot, and when',
      zh: '与某批次同处一区域或同乘一车的其他批次及时间',
    },
    more: {
      en: 'From records alone, over all epochs of the log. --csv is for a spreadsheet, sortable by any column.',
      zh: '仅由日志记录得出，涵盖日志的全部纪元。--csv 供电子表格使用，可按任一列排序。',
    },
    examples: ['bailee report contacts beef-0611 --data ./copy --csv > recall.csv'],
  }).argument('<lot>', context.say({ en: 'the lot', zh: '批次' }));
  return withJson(withData(made, context), context)
    .option('--csv', context.say({ en: 'as CSV', zh: '输出 CSV' }))
    .action((lot: string, options: Options) => run(context, lot, options));
}

async function run(context: Context, lot: string, options: Options): Promise<void> {
  const directory = await dataDirectory(options);
  const { acrossEpochs } = await import('../gateway/archive/across-epochs.ts');
  const contacts = await acrossEpochs(directory).contacts({ lot }, { signal: context.world.signal });
  const rows = contacts.map(({ to, from, ...more }) => ({
    ...more,
    from: new Date(from).toISOString(),
    to: to === null ? '' : new Date(to).toISOString(),
  }));
  if (options.json === true) {
    context.json(contacts);
    return;
  }
  if (options.csv === true) {
    const lines = rows.map((r) => [r.lot, r.kind, r.place, r.from, r.to].map(cell).join(','));
    context.out(['lot,kind,place,from,to', ...lines, ''].join('\r\n'));
    return;
  }
  if (rows.length === 0) {
    context.out(
      context.say({
        en: `no other lot was with ${lot}, as far as this log tells\n`,
        zh: `据本日志，没有其他批次与 ${lot} 同处\n`,
      }),
    );
    return;
  }
  const still = context.say({ en: 'still', zh: '仍在' });
  context.out(rows.map((r) => `${r.from}  ${r.to || still}  ${r.place}  ${r.lot}\n`).join(''));
}

/** No cell begins like a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
