import { Injectable } from '@nestjs/common';
import { eraseRuns } from '../automation/run/run-end.queries';
import { readContactRef } from '../contacts/contact-ref';
import { holdDispatch } from '../contacts/dispatch-hold';
import { EVERY_ADDRESS, freeIdentities } from '../contacts/identity.queries';
import { idsOfPerson } from '../contacts/timeline.queries';
import { noteAction } from '../messages/reading/message-actions.queries';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { earlierWorkIsOver } from './earlier-work';
import {
  eraseAddresses,
  eraseAnswers,
  eraseContact,
  eraseEvents,
  eraseRecurring,
  eraseWebhookAnswers,
  holdForErasure,
} from './erase.contact.queries';
import { eraseUnreadEvents } from './erase.events.queries';
import { eraseFiles, eraseMessages, filesToErase, holdMessages } from './erase.messages.queries';
import type { ErasureResponse } from './people.dto';
import { addressesOfPerson } from './person.queries';

/**
 * Forgets a person (GDPR 17): what is left says that messages were sent, when and at what cost, and to which hidden addresses
 * nothing may be sent; not to whom, nor what.
 */
@Injectable()
export class ErasureService {
  constructor(private readonly db: TenantDb) {}

  /**
   * Everything in one commit. Done again it changes nothing more. Throws Problem 404, which names the other contact where this
   * one became part of it.
   */
  async erase(caller: Caller, ref: string): Promise<ErasureResponse> {
    const answer = await this.db.run(caller.tenantId, (tx) => this.pass(tx, caller, ref));
    // What was being accepted when the first pass was committed may still name the contact.
    await earlierWorkIsOver(this.db, caller.tenantId);
    await this.db.run(caller.tenantId, (tx) => this.pass(tx, caller, answer.contactId));
    return answer;
  }

  private async pass(tx: Tx, caller: Caller, ref: string): Promise<ErasureResponse> {
    const contact = await holdForErasure(tx, readContactRef(ref));
    if (!contact) throw Problem.notFound('contact');
    if (contact.mergedInto) throw Problem.merged('contact', contact.mergedInto);
    const ids = await idsOfPerson(tx, contact.id);
    const addresses = await addressesOfPerson(tx, ids);
    const messageIds = await holdMessages(tx, ids);
    // Words first come off what is found through them.
    await eraseFiles(tx, await filesToErase(tx, ids));
    const messages = await eraseMessages(tx, messageIds);
    await eraseAnswers(tx, ids, addresses);
    await eraseRecurring(tx, ids, addresses);
    await eraseEvents(tx, ids);
    await eraseWebhookAnswers(tx, ids);
    await eraseUnreadEvents(tx, ids, addresses);
    await eraseRuns(tx, ids);
    // What the person refused becomes suppressions, which the next step hides with the others.
    await freeIdentities(tx, contact.id, EVERY_ADDRESS);
    await eraseAddresses(tx, addresses);
    const erasedAt = await eraseContact(tx, ids);
    holdDispatch(tx, addresses);
    const cancelled = messages.filter(({ moved }) => moved === 'CANCELLED');
    await noteAction(tx, cancelled, 'CANCELLED');
    if (messages.length || addresses.length)
      await audit(tx, caller, 'contact.erased', 'contact', contact.id, {
        messages: messages.length,
        cancelled: cancelled.length,
      });
    return {
      contactId: contact.id,
      erasedAt: erasedAt.toISOString(),
      messages: messages.length,
      cancelled: cancelled.length,
    };
  }
}
