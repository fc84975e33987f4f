/** How the jobs of one queue are run. */
export interface QueueFacts {
  /** How often a job that failed, or whose worker died, is begun again before it is given up. */
  retryLimit: number;
  /** Seconds before the second try; each further one waits about twice as long. */
  retryDelay: number;
  retryDelayMax: number;
  /** A worker that has not been heard of for so long is taken for dead, and another takes the job. */
  heartbeatSeconds: number;
  /** Longest time that one try may take. */
  expireInSeconds: number;
  /** Jobs of this queue that one worker process runs at a time. */
  atOnce: number;
}

const HOUR = 3600;
const LONGEST = 24 * HOUR - 1;

/** A long piece of work that continues where it was, and that is given up by its own count and not by pg-boss. */
const CONTINUED = { retryLimit: 10_000, retryDelay: 2, retryDelayMax: 30, heartbeatSeconds: 20 };
const CLEANING = { retryLimit: 100, retryDelay: 60, retryDelayMax: HOUR, heartbeatSeconds: 60, expireInSeconds: HOUR };

/** Every queue there is, but for messages: those are their own queue (docs/adr/0001). */
export const JOB_QUEUES = {
  'contact-imports': { ...CONTINUED, expireInSeconds: LONGEST, atOnce: 1 },
  'contact-imports.expire': { ...CLEANING, atOnce: 1 },
  'contact-exports': { ...CONTINUED, expireInSeconds: LONGEST, atOnce: 1 },
  'contact-exports.expire': { ...CLEANING, atOnce: 1 },
} as const satisfies Readonly<Record<string, QueueFacts>>;

export type JobQueue = keyof typeof JOB_QUEUES;

/** What a job carries: whose work it is and its id, and never anything that a person could be known by. */
export interface JobData {
  tenantId: string;
  id: string;
}

export const JOB_SCHEMA = 'pgboss';
