import { Injectable } from '@nestjs/common';
import { holdDispatchNow } from '../contacts/dispatch-hold';
import { changeContact, type ContactRow } from '../contacts/contact.queries';
import { ContactsService } from '../contacts/contacts.service';
import { actorOf, audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { assertChannelType, type Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { CHANNEL_TYPES } from '../providers/provider';
import { appendConsent } from './consent.queries';
import { type ChangedMind, changedMinds, mergePreferences } from './merge';
import type { UpdatePreferencesDto } from './preference.dto';
import {
  findPreferences,
  listAddresses,
  lockPreferences,
  NO_PREFERENCES,
  type Preferences,
  storePreferences,
} from './preference.queries';
import type { PreferencesResponse } from './preference-response.dto';
import { preferencesView } from './preference.view';
import { SAID_BY_PERSON } from './reasons';
import { criticalAmong } from './topics/topic.queries';
import { suppressionsOfContact } from './suppression.queries';

/** A contact may name many topics over time; the row is read at every dispatch, so it must stay small. */
const MOST_TOPICS = 200;

@Injectable()
export class PreferencesService {
  constructor(
    private readonly db: TenantDb,
    private readonly contacts: ContactsService,
  ) {}

  /** Throws Problem 404. */
  get(caller: Caller, ref: string): Promise<PreferencesResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const contact = await this.contacts.row(tx, ref);
      return view(tx, contact, (await findPreferences(tx, contact.id)) ?? NO_PREFERENCES);
    });
  }

  /**
   * Changes what is named; in force for the next dispatch once it is committed. Throws Problem 404, 422, and 409 for
   * allowing a channel type on which the person opted out.
   */
  update(caller: Caller, ref: string, change: UpdatePreferencesDto): Promise<PreferencesResponse> {
    checkQuietHours(change);
    for (const channelType of Object.keys(change.channels ?? {})) assertChannelType(caller, channelType);
    return this.db.run(caller.tenantId, async (tx) => {
      const named = await this.contacts.row(tx, ref);
      await holdDispatchNow(tx, await listAddresses(tx, named.id));
      const contact = await this.contacts.held(tx, ref);
      const before = await lockPreferences(tx, contact.id);
      const after = mergePreferences(before, change);
      if (Object.keys(after.topics).length > MOST_TOPICS)
        throw Problem.invalidField('/topics', `would be more than ${MOST_TOPICS} topics`);
      await checkNotAgainstThePerson(tx, contact.id, change);
      await checkCriticalTopics(tx, change);
      await storePreferences(tx, contact.id, after);
      await changeContact(tx, contact.id, placeOf(change));
      await this.keepProof(tx, caller, contact.id, changedMinds(before, after));
      await audit(tx, caller, 'preferences.updated', 'contact', contact.id, { fields: Object.keys(change) });
      return view(tx, await this.contacts.row(tx, contact.id), after);
    });
  }

  private async keepProof(tx: Tx, caller: Caller, contactId: string, minds: readonly ChangedMind[]): Promise<void> {
    if (!minds.length) return;
    const addresses = await listAddresses(tx, contactId);
    for (const { channelType, address } of addresses) {
      for (const { allowed, purpose, source } of minds.filter((mind) => mind.channelType === channelType)) {
        const action = allowed ? 'OPTED_IN' : 'OPTED_OUT';
        const statement = { channelType, address, action, purpose, source: source ?? 'preferences' } as const;
        await appendConsent(tx, { ...statement, actor: actorOf(caller), messageId: null });
      }
    }
  }
}

async function view(tx: Tx, contact: ContactRow, preferences: Preferences): Promise<PreferencesResponse> {
  return preferencesView(contact, preferences, await suppressionsOfContact(tx, contact.id));
}

/** A tenant cannot say yes in the name of somebody who said no (P32). */
async function checkNotAgainstThePerson(tx: Tx, contactId: string, { channels }: UpdatePreferencesDto): Promise<void> {
  const wanted = CHANNEL_TYPES.filter((channelType) => channels?.[channelType]?.allowed === true);
  if (!wanted.length) return;
  const suppressions = await suppressionsOfContact(tx, contactId);
  const against = suppressions.find((row) => wanted.includes(row.channelType) && SAID_BY_PERSON.includes(row.reason));
  if (against)
    throw Problem.conflict(
      'opt_out_by_user',
      `The person opted out on ${against.channelType}; only the person can opt in.`,
    );
}

/** What people must get cannot be switched off by topic; whoever wants nothing at all says so for the channel type. */
async function checkCriticalTopics(tx: Tx, { topics = {} }: UpdatePreferencesDto): Promise<void> {
  const refused = Object.entries(topics).filter(([, choices]) => Object.values(choices ?? {}).includes(false));
  const [critical] = await criticalAmong(
    tx,
    refused.map(([name]) => name),
  );
  if (critical !== undefined)
    throw Problem.invalidField(`/topics/${critical}`, 'is critical: it cannot be switched off by topic');
}

function checkQuietHours({ quietHours }: UpdatePreferencesDto): void {
  if (quietHours && quietHours.start === quietHours.end)
    throw Problem.invalidField('/quietHours/end', 'must differ from start; use doNotContact for never');
}

function placeOf({ language, timezone }: UpdatePreferencesDto) {
  return { ...(language !== undefined && { language }), ...(timezone !== undefined && { timezone }) };
}
