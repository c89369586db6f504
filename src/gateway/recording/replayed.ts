import { CommandStep, NoticeResult, RecordType, type LogRecord } from '../../domain/record.ts';

/**
 * True for what deciding itself gave (evidence section 5): findings, alarm transitions, ordered
 * commands and first queued notices. All else, later attempts too, is input.
 */
export function isDecided({ type, body }: Pick<LogRecord, 'type' | 'body'>): boolean {
  if (type === RecordType.command) return body[7] === CommandStep.ordered;
  if (type === RecordType.notice) return body[3] === 1 && body[4] === NoticeResult.queued;
  return type === RecordType.finding || type === RecordType.alarm;
}
