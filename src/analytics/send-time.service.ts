import { Injectable } from '@nestjs/common';
import { ContactsService } from '../contacts/contacts.service';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { zonesOf } from './roll-up.queries';
import { bestHour, nextBegin, type HourCount } from './send-time';
import type { SendTimeResponse } from './send-time.dto';
import { hoursOfContact, hoursOfTenant } from './send-time.queries';

/** With fewer observations a contact has no habits yet. */
const ENOUGH = 5;
const HOURS = 24;

@Injectable()
export class SendTimeService {
  constructor(
    private readonly db: TenantDb,
    private readonly contacts: ContactsService,
  ) {}

  /** When a contact is likely to look. Throws Problem 404 for a contact that is not there. */
  suggest({ tenantId }: Caller, ref: string): Promise<SendTimeResponse> {
    return this.db.run(tenantId, async (tx) => {
      const contact = await this.contacts.row(tx, ref);
      const timezone = contact.timezone ?? (await zonesOf(tx)).timezone;
      const own = await hoursOfContact(tx, contact.id, timezone);
      if (total(own) >= ENOUGH) return answer('CONTACT', own, timezone);
      return answer('TENANT', await hoursOfTenant(tx, timezone), timezone);
    });
  }
}

function answer(basis: 'CONTACT' | 'TENANT', counts: readonly HourCount[], timezone: string): SendTimeResponse {
  const best = bestHour(counts);
  if (best === null) return { timezone, basis: null, observations: 0, dayOfWeek: null, hour: null, nextAt: null };
  return {
    timezone,
    basis,
    observations: total(counts),
    dayOfWeek: Math.floor(best / HOURS) + 1,
    hour: best % HOURS,
    nextAt: nextBegin(best, timezone, new Date()).toISOString(),
  };
}

function total(counts: readonly HourCount[]): number {
  return counts.reduce((sum, { n }) => sum + n, 0);
}
