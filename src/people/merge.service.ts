import { Injectable } from '@nestjs/common';
import { holdRunsOfPerson, moveRuns } from '../automation/run/run-end.queries';
import { holdDispatchNow } from '../contacts/dispatch-hold';
import { contactRow } from '../contacts/contact-row';
import { findContact, findMergedInto } from '../contacts/contact.queries';
import type { ContactResponse } from '../contacts/contact-response.dto';
import { contactView } from '../contacts/contact.view';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { findPreferences, lockPreferences, storePreferences } from '../preferences/preference.queries';
import { addressesOfPerson } from './person.queries';
import { lockContacts, moveConversations, moveIdentities, takeOverFields } from './merge.queries';
import { strictest } from './strictest';

/** Two contacts that are one person. */
@Injectable()
export class MergeService {
  constructor(private readonly db: TenantDb) {}

  /**
   * Makes the contact `otherId` part of the one that `ref` names. Two contacts are locked in the order of their ids, so that
   * merging each into the other at the same moment makes one of them, and the second finds nothing to merge.
   * Throws Problem 404 for `ref`, 422 for an `otherId` that is no other contact.
   */
  merge(caller: Caller, ref: string, otherId: string): Promise<ContactResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await contactRow(tx, ref);
      if (id === otherId) throw Problem.invalidField('/contactId', 'is the contact itself');
      await holdDispatchNow(tx, await addressesOfPerson(tx, [id, otherId]));
      await holdRunsOfPerson(tx, [id, otherId]);
      await lockContacts(tx, [id, otherId]);
      const target = await contactRow(tx, id);
      if ((await findMergedInto(tx, otherId)) === id) return contactView(target);
      if (!(await findContact(tx, otherId))) throw Problem.invalidField('/contactId', 'there is no such contact');
      await this.join(tx, id, otherId);
      await audit(tx, caller, 'contact.merged', 'contact', id, { contactId: otherId });
      return contactView(await contactRow(tx, id));
    });
  }

  private async join(tx: Tx, id: string, otherId: string): Promise<void> {
    await moveConversations(tx, id, otherId);
    await moveRuns(tx, id, otherId);
    await moveIdentities(tx, id, otherId);
    await mergePreferences(tx, id, otherId);
    await takeOverFields(tx, id, otherId);
  }
}

/** After the addresses are moved: what is refused from now on is refused for all of them. */
async function mergePreferences(tx: Tx, id: string, otherId: string): Promise<void> {
  const others = await findPreferences(tx, otherId);
  if (others) await storePreferences(tx, id, strictest(await lockPreferences(tx, id), others));
}
