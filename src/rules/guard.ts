import { Environment, EvaluationError, type ASTNode } from '@marcbachmann/cel-js';
import type { StreamSpec } from '../domain/stream.ts';
import type { Zones } from './site.ts';

/** What a guard may look at. Only `device.healthy` changes while a rule set is in force. */
type GuardFacts = { readonly stream: StreamSpec; readonly zones: Zones; readonly healthy: boolean };

/** A type-checked CEL condition. */
export type Guard = (facts: GuardFacts) => boolean;

export type CompiledGuard =
  { readonly ok: true; readonly guard: Guard } | { readonly ok: false; readonly message: string };

/** Functions whose cost is bounded by the text they are given; macros loop and are not among them. */
const FUNCTIONS = ['startsWith', 'endsWith', 'contains', 'size'];

const LIMITS = { maxAstNodes: 200, maxDepth: 32, maxListElements: 64, maxMapEntries: 0, maxCallArguments: 4 };

/** Keeps the parser, which recurses, far from the end of the stack. */
const LONGEST = 500;

/** Labels that CEL can name as `zone.<label>`; the others are for selectors only. */
const NAMEABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Compiles `when:`. Facts: `zone.id`, `zone.<label>`, `stream.id`, `.quantity`, `.channel`, `device.id`, `.healthy`. */
export function compileGuard(text: string, zones: Zones): CompiledGuard {
  const labels = labelsOf(zones);
  const environment = new Environment({ limits: LIMITS })
    .registerVariable({
      name: 'zone',
      schema: Object.fromEntries(['id', ...labels].map((l) => [l, 'string'])),
    })
    .registerVariable({ name: 'stream', schema: { id: 'string', quantity: 'string', channel: 'string' } })
    .registerVariable({ name: 'device', schema: { id: 'string', healthy: 'bool' } });
  const compiled = compile(text, environment);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  return {
    ok: true,
    guard: ({ stream, zones: all, healthy }) => {
      const own = all.get(stream.place) ?? {};
      const outcome: unknown = program({
        zone: { ...Object.fromEntries(labels.map((l) => [l, own[l] ?? ''])), id: stream.place },
        stream: { id: stream.id, quantity: stream.quantity, channel: stream.ch },
        device: { id: stream.dev, healthy },
      });
      return outcome === true;
    },
  };
}

/** A CEL condition over decimals by name; null when it hangs on one that is left out. */
export type ExpressionOutcome = (values: Readonly<Record<string, number>>) => boolean | null;

/** Compiles a condition of a rule of kind expression. */
export function compileCondition(
  text: string,
  names: readonly string[],
):
  | { readonly ok: true; readonly condition: ExpressionOutcome }
  | { readonly ok: false; readonly message: string } {
  const environment = new Environment({ limits: LIMITS });
  for (const name of names) environment.registerVariable(name, 'double');
  const compiled = compile(text, environment);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  return {
    ok: true,
    condition: (values) => {
      try {
        return program(values) === true;
      } catch (error) {
        // CEL: an operand that fails is absorbed by `false && …` and `true || …`, else all fails with it.
        if (error instanceof EvaluationError) return null;
        throw error;
      }
    },
  };
}

type Compiled =
  | { readonly ok: true; readonly program: ReturnType<Environment['parse']> }
  | { readonly ok: false; readonly message: string };

function compile(text: string, environment: Environment): Compiled {
  if (text.length > LONGEST) return refused(text, `must be at most ${LONGEST} characters`, LONGEST);
  const checked = environment.check(text);
  if (checked.error !== undefined) {
    return refused(text, checked.error.summary, checked.error.range?.start ?? 0);
  }
  if (checked.type !== 'bool') return refused(text, `must be true or false, this is a ${checked.type}`, 0);
  const program = environment.parse(text);
  const call = forbiddenCall(program.ast);
  if (call !== null) {
    const message = `${call.name}() is not allowed here; functions are ${FUNCTIONS.join(', ')}`;
    return refused(text, message, call.node.start);
  }
  return { ok: true, program };
}

/** A label that a zone does not have reads as empty text, so that no guard fails at run time for it. */
function labelsOf(zones: Zones): string[] {
  const labels = new Set([...zones.values()].flatMap((zone) => Object.keys(zone)));
  return [...labels].filter((l) => NAMEABLE.test(l) && l !== 'id').sort();
}

function refused(text: string, message: string, start: number): { ok: false; message: string } {
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  const column = start - before.lastIndexOf('\n');
  return { ok: false, message: `${message} (at line ${line}, column ${column} of the expression)` };
}

function forbiddenCall(root: ASTNode): { name: string; node: ASTNode } | null {
  const waiting: ASTNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.op === 'call' || node.op === 'rcall') {
      const name = node.args[0];
      if (!FUNCTIONS.includes(name)) return { name, node };
    }
    collectNodes(node.args, waiting);
  }
  return null;
}

function collectNodes(value: unknown, into: ASTNode[]): void {
  if (Array.isArray(value)) for (const item of value) collectNodes(item, into);
  else if (isNode(value)) into.push(value);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
