/**
 * What may stand in a log line. Everything else is dropped, whatever it holds: a field that nobody thought of cannot leak.
 * Ids, counts, states and names of ours belong here; addresses, names of people, content, headers and URLs never do.
 */
const FIELDS = new Set([
  ...[
    'tenantId',
    'messageId',
    'channelId',
    'campaignId',
    'sessionId',
    'contactId',
    'templateId',
    'ruleId',
    'attachmentId',
  ],
  ...['webhookLogId', 'deadLetterId', 'scheduleId', 'recipientId', 'keyId', 'userId', 'workerId', 'attemptId', 'jobId'],
  ...['requestId', 'traceId', 'method', 'route', 'status', 'code', 'reason', 'state', 'event', 'outcome', 'faultClass'],
  ...['providerType', 'channelType', 'messageType', 'lane', 'queue', 'attempt', 'attempts', 'count', 'limit', 'bytes'],
  ...['durationMs', 'backoffMs', 'delayMs', 'retryAfterMs', 'lagMs', 'ageSeconds', 'intervalMs'],
  ...['context', 'role', 'host', 'port', 'version', 'signal', 'pid', 'migration', 'migrations', 'table', 'exitCode'],
]);

const LONGEST_TEXT = 200;
const DEEPEST_CAUSE = 3;
const MOST_FRAMES = 12;

/** The fields of a log line that may be written: those of the list that hold text, a number or a boolean, and `err`. */
export function allowedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'err') allowed[name] = describeError(value);
    else if (FIELDS.has(name) && isPlain(value)) allowed[name] = typeof value === 'string' ? visible(value) : value;
  }
  return allowed;
}

/** What can be said of an error without its message. */
export interface ErrorDescription {
  type: string;
  code?: string;
  /** Only of errors of ours whose message is written for strangers. */
  message?: string;
  /** From the database: which rule was broken, not by which value. */
  table?: string;
  column?: string;
  constraint?: string;
  syscall?: string;
  /** Where it was thrown, without the message that V8 puts in front. */
  frames?: string[];
  cause?: ErrorDescription;
}

/**
 * Describes an error without its message: those of drivers and libraries quote values, which may be addresses, content or
 * credentials. Type, code and frames find the cause; the messages of Problem and SealError hold nothing of the kind.
 */
export function describeError(error: unknown, depth = 1): ErrorDescription {
  if (!(error instanceof Error)) return { type: error === null ? 'null' : typeof error };

  const cause = (error as { driverError?: unknown }).driverError ?? error.cause;
  const frames = framesOf(error);
  return {
    type: visible(error.constructor.name),
    ...(PUBLIC_MESSAGES.has(error.name) && { message: visible(error.message) }),
    ...namesIn(error),
    ...(frames.length > 0 && { frames }),
    ...(cause instanceof Error && depth < DEEPEST_CAUSE && { cause: describeError(cause, depth + 1) }),
  };
}

/** Text on one line and without a way to steer a terminal; JSON escapes the rest. */
export function visible(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(
      /[\p{Control}\p{Format}\p{Surrogate}\u2028\u2029]/gu,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

const PUBLIC_MESSAGES = new Set(['Problem', 'SealError']);

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Properties of errors that hold names, never values. An identifier is not a place where a secret could stand. */
function namesIn(error: Error): Partial<Record<'code' | 'table' | 'column' | 'constraint' | 'syscall', string>> {
  const names = ['code', 'table', 'column', 'constraint', 'syscall'] as const;
  const found = error as Partial<Record<(typeof names)[number], unknown>>;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = found[name];
      return typeof value === 'string' && /^[A-Za-z0-9_]{1,63}$/.test(value) ? [[name, value]] : [];
    }),
  );
}

function framesOf({ stack = '', message }: Error): string[] {
  const afterMessage = stack.indexOf(message) + message.length;
  if (!stack.includes(message)) return [];
  return stack
    .slice(afterMessage)
    .split('\n')
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => visible(line.trim()));
}
