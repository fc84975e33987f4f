/** Whether the value is an RFC 3339 instant in capitals that the calendar has, from 1970 to 2200: no 24:00, no leap second. */
export function isRfc3339(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const match = RFC_3339.exec(value);
  if (!match) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  return year >= 1970 && year <= 2200 && day <= daysInMonth(year, month);
}

/** Whether the value is a date and a time of day without an offset, `2026-12-01T09:00` with or without seconds. */
export function isLocalTime(value: unknown): value is string {
  if (typeof value !== 'string' || !LOCAL_TIME.test(value)) return false;
  return isRfc3339(`${value}${value.length === 16 ? ':00' : ''}Z`);
}

/** Whether the value is a name of the IANA time zone database with an area, or UTC. */
export function isIanaZone(value: unknown): value is string {
  if (typeof value !== 'string' || !ZONE.test(value)) return false;
  if (zonesSeen.has(value)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
  } catch {
    return false;
  }
  if (zonesSeen.size < MOST_ZONES_SEEN) zonesSeen.add(value);
  return true;
}

// Offsets stop short of 16 hours, as PostgreSQL's do.
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-5]):[0-5]\d)$/;

const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const ZONE = /^(UTC|[A-Z][A-Za-z_]{1,31}(\/[A-Za-z0-9_+-]{1,32}){1,2})$/;

/** Making a formatter takes tens of microseconds, so known zones are remembered; there are about 600. */
const zonesSeen = new Set<string>();
const MOST_ZONES_SEEN = 1000;
