/** How fast a bulk send may go, and where it stands in that. Times are milliseconds since 1970, of the database's clock. */
export interface Pace {
  /** When the next message may go, where a rate is set. */
  nextAt?: number;
  /** The same for each domain that has a rate of its own. */
  domains?: Readonly<Record<string, number>>;
  /** Day of the warm-up, from 0, and how many went on it. */
  day?: number;
  used?: number;
}

export interface DomainRate {
  /** Domain of an e-mail address, in lower case. */
  domain: string;
  /** Most messages a second to addresses of it. */
  perSecond: number;
}

export interface RampUp {
  /** Most messages on the first day, 24 hours from the start. */
  firstDay: number;
  /** How many times as many each day as on the day before. */
  factor: number;
}

export interface PaceRules {
  ratePerSecond: number | null;
  domainRates: readonly DomainRate[];
  rampUp: RampUp | null;
  startedAt: number;
}

/** Messages are put into the queue so long before their turn: whoever claims them always finds some. */
const AHEAD_MS = 2_000;
const DAY_MS = 86_400_000;

/** How many recipients may be taken now: of all, and of each domain with a rate. */
export interface Room {
  all: number;
  domains: ReadonlyMap<string, number>;
}

/** @param most how many the queue takes in any case. */
export function roomOf(rules: PaceRules, pace: Pace, now: number, most: number): Room {
  const { ratePerSecond, domainRates } = rules;
  const byRate = ratePerSecond === null ? most : slotsUntil(now, pace.nextAt, ratePerSecond);
  return {
    all: Math.max(0, Math.min(most, byRate, leftToday(rules, pace, now))),
    domains: new Map(
      domainRates.map(({ domain, perSecond }) => [domain, slotsUntil(now, pace.domains?.[domain], perSecond)]),
    ),
  };
}

/** When each of these recipients may be written to, in their order, and where the bulk send stands after that. */
export function schedule(
  rules: PaceRules,
  pace: Pace,
  now: number,
  recipients: readonly { throttle: string }[],
): { dueAt: number[]; pace: Pace } {
  const rates = new Map(rules.domainRates.map(({ domain, perSecond }) => [domain, perSecond]));
  const next = { all: pace.nextAt ?? now, domains: new Map(Object.entries(pace.domains ?? {})) };
  const dueAt = recipients.map(({ throttle }) => {
    let due = now;
    if (rules.ratePerSecond !== null) {
      due = Math.max(now, next.all);
      next.all = due + 1000 / rules.ratePerSecond;
    }
    const rate = rates.get(throttle);
    if (rate !== undefined) {
      due = Math.max(due, next.domains.get(throttle) ?? now);
      next.domains.set(throttle, due + 1000 / rate);
    }
    return due;
  });
  const day = dayOf(rules, now);
  return {
    dueAt,
    pace: {
      ...(rules.ratePerSecond !== null && { nextAt: next.all }),
      ...(next.domains.size && { domains: Object.fromEntries(next.domains) }),
      ...(rules.rampUp && { day, used: usedOn(pace, day) + recipients.length }),
    },
  };
}

function slotsUntil(now: number, nextAt: number | undefined, perSecond: number): number {
  const from = Math.max(now, nextAt ?? now);
  if (from > now + AHEAD_MS) return 0;
  return Math.max(1, Math.floor(((now + AHEAD_MS - from) / 1000) * perSecond));
}

function leftToday(rules: PaceRules, pace: Pace, now: number): number {
  if (!rules.rampUp) return Infinity;
  const day = dayOf(rules, now);
  const most = Math.floor(rules.rampUp.firstDay * rules.rampUp.factor ** day);
  return most - usedOn(pace, day);
}

function dayOf({ startedAt }: PaceRules, now: number): number {
  return Math.max(0, Math.floor((now - startedAt) / DAY_MS));
}

function usedOn({ day, used = 0 }: Pace, today: number): number {
  return day === today ? used : 0;
}
