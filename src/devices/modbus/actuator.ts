import { DeviceError } from '../../domain/errors.ts';
import { pause } from '../line.ts';
import type { Bus } from './bus.ts';
import type { Request, Response } from './codec.ts';
import { EXCEPTIONS } from './codec.ts';
import type { SlavePlan } from './plan.ts';
import type { Verb } from './profile.ts';
import type { Outcome } from './reply.ts';

const FEEDBACK_EVERY_MS = 50;

/** What has begun is finished: each of its requests has a time-out of its own. */
const NEVER = new AbortController().signal;

/**
 * Carries out one verb: writes the coil, reads it back (an echo of the command is no confirmation)
 * and, where there is one, sees the feedback input follow. When `stop` aborts, an order that has not
 * begun is refused; one that has is read back, waits no longer for its feedback, and a pulse ends
 * there and then. Throws DeviceError with the code of what failed, REFUSED when it was never
 * begun, or when the coil or the input did not follow.
 */
export async function actuate(bus: Bus, plan: SlavePlan, verb: Verb, stop: AbortSignal): Promise<void> {
  const { coil, on, pulseMs, feedback, unlessInput } = verb;
  if (unlessInput !== null) await refuseWhile(bus, plan, unlessInput);
  const begun = await bus.ask(plan.unit, { fn: 5, address: coil, on }, plan.timeoutMs, stop, true);
  if (!begun.ok && begun.code === 'REFUSED') throw new DeviceError('REFUSED', `${plan.id}: ${begun.detail}`);
  try {
    responseOf(plan, begun);
    await readBack(bus, plan, coil, on);
    if (pulseMs !== null) await pause(pulseMs, stop);
  } finally {
    // Also when the first write was not answered: it may have been heard.
    if (pulseMs !== null) {
      await ask(bus, plan, { fn: 5, address: coil, on: !on });
      await readBack(bus, plan, coil, !on);
    }
  }
  // What a pulse started goes on by itself: a barrier takes seconds, its button is not held.
  if (feedback !== null) await seeFollow(bus, plan, verb, feedback, stop);
}

/** Nothing closes on what stands in its way. */
async function refuseWhile(bus: Bus, plan: SlavePlan, input: number): Promise<void> {
  if (!firstBit(await ask(bus, plan, { fn: 2, address: input, count: 1 }))) return;
  throw new DeviceError('REFUSED', `${plan.id}: input ${input} is on, which forbids this order`);
}

async function readBack(bus: Bus, plan: SlavePlan, coil: number, on: boolean): Promise<void> {
  const state = firstBit(await ask(bus, plan, { fn: 1, address: coil, count: 1 }));
  if (state !== on)
    throw new DeviceError('REFUSED', `${plan.id}: coil ${coil} reads ${onOff(state)}, not ${onOff(on)}`);
}

async function seeFollow(
  bus: Bus,
  plan: SlavePlan,
  verb: Verb,
  feedback: NonNullable<Verb['feedback']>,
  stop: AbortSignal,
): Promise<void> {
  const from = performance.now();
  const request: Request = { fn: 2, address: feedback.input, count: 1 };
  while (firstBit(await ask(bus, plan, request)) !== verb.on) {
    const waitedMs = performance.now() - from;
    if (waitedMs >= feedback.withinMs || stop.aborted) {
      const within = stop.aborted
        ? `${Math.round(waitedMs)} ms, when it was stopped`
        : `${feedback.withinMs} ms`;
      const what = `input ${feedback.input} did not follow coil ${verb.coil} within ${within}`;
      throw new DeviceError('REFUSED', `${plan.id}: ${what}`);
    }
    await pause(FEEDBACK_EVERY_MS, stop);
  }
}

async function ask(bus: Bus, plan: SlavePlan, request: Request): Promise<Response> {
  return responseOf(plan, await bus.ask(plan.unit, request, plan.timeoutMs, NEVER, true));
}

function responseOf(plan: SlavePlan, outcome: Outcome): Response {
  if (!outcome.ok) throw new DeviceError(outcome.code, `${plan.id}: ${outcome.detail}`);
  const { response } = outcome;
  if ('exception' in response) {
    const name = EXCEPTIONS[response.exception] ?? 'unknown';
    throw new DeviceError('EXCEPTION_REPLY', `${plan.id}: exception ${response.exception} (${name})`);
  }
  return response;
}

function firstBit(response: Response): boolean {
  return 'bits' in response && response.bits[0] === true;
}

function onOff(state: boolean): string {
  return state ? 'on' : 'off';
}
