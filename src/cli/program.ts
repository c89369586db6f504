import { Command, CommanderError, Option } from 'commander';
import { ExitCode } from '../domain/errors.ts';
import { Context, langOf, type World } from './context.ts';
import { report } from './failure.ts';
import { VERSION } from './version.ts';
import { complain, TITLES } from './words.ts';

/**
 * Every command, in the order of help. The one that is asked for is loaded alone: a daemon has no use
 * for the others, nor for their memory. It loads what it needs only when it runs.
 */
const COMMANDS: Readonly<Record<string, () => Promise<(context: Context) => Command>>> = {
  run: async () => (await import('./run.ts')).runDaemonCommand,
  demo: async () => (await import('./demo/demo.ts')).demoCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  devices: async () => (await import('./devices.ts')).devicesCommand,
  payload: async () => (await import('./payload.ts')).payloadCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  epc: async () => (await import('./epc.ts')).epcCommand,
  epcis: async () => (await import('./epcis.ts')).epcisCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  journey: async () => (await import('./journey.ts')).journeyCommand,
  fraud: async () => (await import('./fraud.ts')).fraudCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  rules: async () => (await import('./rules.ts')).rulesCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  alarms: async () => (await import('./alarms.ts')).alarmsCommand,
  goods: async () => (await import('./goods.ts')).goodsCommand,
  grants: async () => (await import('./grants.ts')).grantsCommand,
  tags: async () => (await import('./tags.ts')).tagsCommand,
  incidents: async () => (await import('./incidents.ts')).incidentsCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  erase: async () => (await import('./erase.ts')).eraseCommand,
  token: async () => (await import('./token.ts')).tokenCommand,
  policy: async () => (await import('./policy.ts')).policyCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  ledger: async () => (await import('./ledger.ts')).ledgerCommand,
  orders: async () => (await import('./orders.ts')).ordersCommand,
  'hand-overs': async () => (await import('./hand-overs.ts')).handOversCommand,
  receipts: async () => (await import('./receipts.ts')).receiptsCommand,
  index: async () => (await import('./comparing.ts')).uniquenessCommand,
  witness: async () => (await import('./witness.ts')).witnessCommand,
};

/** Runs what the arguments ask for and gives the exit code. Never throws. */
export async function runCommand(args: readonly string[], world: World): Promise<number> {
  const context = new Context(world, langOf(args, world.env));
  try {
    const program = programOf(context, await commandsFor(args, context));
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return report(error, context);
  } finally {
    context.progress('');
  }
}

/** What the arguments ask for; all where that is no command, for help and for the one that was meant. */
async function commandsFor(args: readonly string[], context: Context): Promise<Command[]> {
  const named = COMMANDS[args.find((arg) => !arg.startsWith('-')) ?? ''];
  const wanted = named === undefined ? Object.values(COMMANDS) : [named];
  return Promise.all(wanted.map(async (load) => (await load())(context)));
}

function programOf(context: Context, commands: readonly Command[]): Command {
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
  for (const made of commands) program.addCommand(made);
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
