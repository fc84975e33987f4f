import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { Problem } from '../../platform/http/problem';
import { appendConsent } from '../consent.queries';
import { lockPreferences, storePreferences } from '../preference.queries';
import { mergeTopics } from '../topic-choices';
import { allow } from './allow';
import { isAnswered, readPageFacts } from './page.queries';
import { type PageState, stateOf } from './page-state';
import type { PageLink } from './page-token';
import type { Visit } from './page.service';

const SOURCE = 'double opt-in';

/** What a person sees who was asked to confirm. */
export interface Question {
  state: PageState;
  isAnswered: boolean;
}

/** The second half of double opt-in: the person says yes with a link that only the holder of the address got. */
@Injectable()
export class Confirmation {
  constructor(private readonly db: TenantDb) {}

  /** Throws Problem 404 for a request that has expired, and where nobody holds the address any more. */
  ask(link: PageLink): Promise<Question> {
    return this.db.run(link.tenantId, async (tx) => {
      const facts = await readPageFacts(tx, link);
      if (!facts || facts.contactId === null || link.id === null || isOver(link)) throw Problem.notFound('page');
      return { state: stateOf(link, facts), isAnswered: await isAnswered(tx, link.id) };
    });
  }

  /** Puts the yes in force, once: what the person says later is not undone by pressing again. Throws as ask does. */
  confirm({ link, visitor }: Visit): Promise<Question> {
    return this.db.run(link.tenantId, async (tx) => {
      const { state } = await this.ask(link);
      const { channelType, address, topic, id } = link;
      const isFirst = await appendConsent(tx, {
        ...{ channelType, address, topic, actor: null, messageId: null, requestId: id },
        ...{ action: 'OPTED_IN', purpose: topic === null ? 'MARKETING' : 'ALL', source: SOURCE },
        ...visitor,
      });
      if (isFirst && topic === null) await allow(tx, link, { contactId: state.contactId, purposes: ['MARKETING'] });
      if (isFirst && topic !== null && state.contactId !== null) {
        const before = await lockPreferences(tx, state.contactId);
        const topics = mergeTopics(before.topics, { [topic]: { [channelType]: true } });
        await storePreferences(tx, state.contactId, { ...before, topics });
      }
      return { state, isAnswered: !isFirst };
    });
  }
}

function isOver({ expiresAt }: PageLink): boolean {
  return expiresAt !== null && expiresAt * 1000 <= Date.now();
}
