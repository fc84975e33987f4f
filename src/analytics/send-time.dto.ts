/** When somebody is likely to look, by when they did before. */
export class SendTimeResponse {
  /** The contact's zone, or the tenant's where that is not known. */
  timezone: string;
  /** Whose habits say so: CONTACT with at least five observations, else those of all contacts, TENANT; null where there are none. */
  basis: 'CONTACT' | 'TENANT' | null;
  /** Messages that were opened, clicked, read or written by people: by this one, or by all of them. */
  observations: number;
  /** 1 is Monday, 7 is Sunday; null without a basis. */
  dayOfWeek: number | null;
  /** Hour of that day by the clock of `timezone`, 0 to 23; null without a basis. */
  hour: number | null;
  /** When that hour begins next; null without a basis. */
  nextAt: string | null;
}
