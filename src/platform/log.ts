import { type DestinationStream, type LogFn, type Logger, pino, stdTimeFunctions } from 'pino';
import { allowedFields, visible } from './log-fields';
import { maskText } from './mask-address';

/** The part of a pino logger that goes through the list of fields; child loggers would carry their bindings past it. */
export type Log = Pick<Logger, 'level' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/**
 * A logger that writes one JSON line per fact, with the fields of log-fields.ts only. Write `log.warn({ ids }, 'words')`:
 * the words are constant text, and further arguments are dropped instead of being formatted into it.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: allowedFields },
    serializers: { err: (described: unknown) => described },
    hooks: { logMethod },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The log of this process, to standard output. main.ts sets its level from the configuration. */
export const log = createLog('info');

/** Brings every way of calling pino into the one form in which it does not copy an error's message into `msg`. */
function logMethod(this: Logger, args: Parameters<LogFn>, write: LogFn): void {
  const [first, second] = args as readonly unknown[];
  const words = typeof first === 'string' ? first : second;
  const message = typeof words === 'string' ? visible(maskText(words)) : '';
  write.call(this, fieldsOf(first), message);
}

function fieldsOf(first: unknown): object {
  if (first instanceof Error) return { err: first };
  return typeof first === 'object' && first !== null ? first : {};
}
