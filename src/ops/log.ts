import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Keys whose value never reaches a log, one level down too. */
const SECRET_KEYS = [
  'password',
  'pass',
  'secret',
  'token',
  'authorization',
  'cookie',
  'privateKey',
  'accountKey',
  'ledgerKey',
  'psk',
];

/**
 * The log: one JSON object a line, written before the call returns, so that the last words before
 * a crash are there. Writing in a worker would cost 120 MB and lose exactly those.
 *
 * @param destination where lines go; standard output of the process by default
 */
export function openLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[redacted]',
    },
  };
  return destination === undefined
    ? pino(options, pino.destination({ dest: 1, sync: true }))
    : pino(options, destination);
}
