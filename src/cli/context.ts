import type { Text } from '../domain/alarm.ts';

export type Lang = keyof Text;

/** The process as a command sees it. */
export type World = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** What a command is given: the world, the language of its words, and where its exit code goes. */
export class Context {
  readonly world: World;
  readonly lang: Lang;
  exitCode = 0;
  #line = '';

  constructor(world: World, lang: Lang) {
    this.world = world;
    this.lang = lang;
  }

  /** The sentence in the language that was asked for. */
  say(text: Text): string {
    return text[this.lang];
  }

  /** A result: what another program or a file may take up. */
  out(text: string): void {
    this.world.stdout.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.out(JSON.stringify(value, bytesAsHex, 2));
  }

  /** What a person is told beside the result. */
  tell(text: string): void {
    this.progress('');
    this.world.stderr.write(`${text}\n`);
  }

  /** One line of a terminal that is written over; nothing where nobody looks. */
  progress(text: string): void {
    const { stderr } = this.world;
    if (stderr.isTTY !== true || text === this.#line) return;
    this.#line = text;
    stderr.write(`\r\x1b[K${text}`);
  }
}

/** The language of `--lang`, else of the environment; English for any other than Chinese. */
export function langOf(args: readonly string[], env: World['env']): Lang {
  const at = args.indexOf('--lang');
  const asked = at === -1 ? args.find((a) => a.startsWith('--lang='))?.slice(7) : args[at + 1];
  const lang = asked ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  return lang.startsWith('zh') ? 'zh' : 'en';
}

function bytesAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
