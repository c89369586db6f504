import { Command, CommanderError, Option } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { alarmsCommand } from './alarms.ts';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { Context, langOf, type World } from './context.ts';
import { demoCommand } from './demo/demo.ts';
import { devicesCommand } from './devices.ts';
import { epcCommand } from './epc.ts';
import { epcisCommand } from './epcis.ts';
import { eraseCommand } from './erase.ts';
import { exportCommand } from './export.ts';
import { report } from './failure.ts';
import { fraudCommand } from './fraud.ts';
import { keysCommand } from './keys.ts';
import { ledgerCommand } from './ledger.ts';
import { payloadCommand } from './payload.ts';
import { policyCommand } from './policy.ts';
import { receiptsCommand } from './receipts.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { runDaemonCommand } from './run.ts';
import { simulateCommand } from './simulate.ts';
import { statusCommand } from './status.ts';
import { tokenCommand } from './token.ts';
import { verifyCommand } from './verify.ts';
import { VERSION } from './version.ts';
import { witnessCommand } from './witness.ts';
import { complain, TITLES } from './words.ts';

/** Every command, in the order of help. Each loads what it needs only when it runs. */
const COMMANDS = [
  runDaemonCommand,
  demoCommand,
  checkCommand,
  devicesCommand,
  payloadCommand,
  simulateCommand,
  epcCommand,
  epcisCommand,
  statusCommand,
  exportCommand,
  verifyCommand,
  fraudCommand,
  auditCommand,
  replayCommand,
  alarmsCommand,
  reportCommand,
  eraseCommand,
  tokenCommand,
  policyCommand,
  keysCommand,
  ledgerCommand,
  receiptsCommand,
  witnessCommand,
] as const;

/** Runs what the arguments ask for and gives the exit code. Never throws. */
export async function runCommand(args: readonly string[], world: World): Promise<number> {
  const context = new Context(world, langOf(args, world.env));
  try {
    await programOf(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return report(error, context);
  } finally {
    context.progress('');
  }
}

function programOf(context: Context): Command {
  const { stdout, stderr } = context.world;
  const program = new Command('bailee')
    .description(
      context.say({
        en: 'IoT gateway that keeps watch over goods and can prove that nothing was left out.',
        zh: '看管货物、并能证明数据无遗漏的物联网网关。',
      }),
    )
    .helpOption('-h, --help', context.say({ en: 'show this help', zh: '显示帮助' }))
    // `bailee epcis hash --version 2.1` is that command's own option.
    .enablePositionalOptions()
    .version(VERSION, '-V, --version', context.say({ en: 'print the version', zh: '显示版本' }))
    .helpCommand('help [command]', context.say({ en: 'show the help of a command', zh: '显示某命令的帮助' }));
  for (const make of COMMANDS) program.addCommand(make(context));
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
        outputError: (text, write) => write(complain(text, context.lang)),
      })
      .configureHelp({ styleTitle: (title) => TITLES[context.lang][title] ?? title })
      .helpOption('-h, --help', context.say({ en: 'show this help', zh: '显示帮助' }))
      .addOption(
        new Option('--lang <lang>', context.say({ en: 'language: en or zh', zh: '语言：en 或 zh' })).choices([
          'en',
          'zh',
        ]),
      );
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((inner) => everyCommand(inner))];
}
