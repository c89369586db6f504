import type { Settled } from '../../domain/commit.ts';
import { CommandStep, EVENTS_SLOT, NoticeResult, RecordType, type Value } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import type { DueEntry, Outcome } from '../../notify/port.ts';

/** What one attempt of an outbox entry leaves in the journal, settled in the same commit. */
export function outcomeInput(entry: DueEntry, attempt: number, outcome: Outcome, t: number): Input {
  const isCommand = entry.body.kind === 'command';
  return {
    records: [
      {
        slot: EVENTS_SLOT,
        t,
        type: isCommand ? RecordType.command : RecordType.notice,
        body: outcomeBody(entry, attempt, outcome),
      },
    ],
    settled: [settledOf(entry.key, attempt, outcome)],
  };
}

function outcomeBody({ body, expiry }: DueEntry, attempt: number, outcome: Outcome): readonly Value[] {
  const delivered = outcome.result === 'delivered';
  if (body.kind === 'notice') {
    const result = delivered ? NoticeResult.delivered : NoticeResult.failed;
    return [body.alarm, body.channel, body.role, attempt, result];
  }
  const { id, device, verb, arg, cause } = body;
  return [id, device, verb, arg, cause.slot, cause.seq, expiry, stepOf(outcome)];
}

function stepOf(outcome: Outcome): CommandStep {
  if (outcome.result === 'delivered') return CommandStep.done;
  return outcome.unknown ? CommandStep.unknown : CommandStep.failed;
}

function settledOf(key: string, attempt: number, outcome: Outcome): Settled {
  if (outcome.result === 'delivered') return { key, state: 'done' };
  if (outcome.dueAt === null) return { key, state: 'failed' };
  return { key, state: 'retry', attempt, dueAt: outcome.dueAt };
}
