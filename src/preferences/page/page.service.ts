import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { Problem } from '../../platform/http/problem';
import { appendConsent, type ConsentStatement } from '../consent.queries';
import { lockPreferences, storePreferences } from '../preference.queries';
import type { SuppressionPurpose } from '../reasons';
import { addSuppression } from '../suppression.queries';
import { mergeTopics } from '../topic-choices';
import { allow } from './allow';
import { readPageFacts } from './page.queries';
import type { Choices } from './page-form';
import { type Level, type PageState, stateOf } from './page-state';
import type { PageLink } from './page-token';

/** Where a press of a button came from: part of the proof. */
export interface Visitor {
  ip: string | null;
  userAgent: string | null;
}

/** A link with what is known of whoever uses it. */
export interface Visit {
  link: PageLink;
  visitor: Visitor;
}

/** The purposes that each level takes back, and the one that it refuses. */
const MEANING: Readonly<Record<Level, { lifts: readonly SuppressionPurpose[]; refuses: SuppressionPurpose | null }>> = {
  chosen: { lifts: ['ALL', 'MARKETING'], refuses: null },
  no_marketing: { lifts: ['ALL'], refuses: 'MARKETING' },
  nothing: { lifts: [], refuses: 'ALL' },
};

/** What people may do with the link that they were sent. Each change is in force for the next dispatch once it is committed. */
@Injectable()
export class PreferencePage {
  constructor(private readonly db: TenantDb) {}

  /** What holds now. Throws Problem 404 for a tenant that is gone. */
  show(link: PageLink): Promise<PageState> {
    return this.db.run(link.tenantId, (tx) => read(tx, link));
  }

  /** Keeps the choices, and answers what holds then. */
  save(visit: Visit, { wanted, shown, level }: Choices): Promise<PageState> {
    const { link } = visit;
    return this.db.run(link.tenantId, async (tx) => {
      const before = await read(tx, link);
      await setLevel(tx, visit, before, level);
      for (const { name, isCritical, isWanted } of before.topics) {
        const wants = wanted.has(name);
        if (shown.has(name) && !isCritical && wants !== isWanted)
          await choose(tx, visit, { topic: name, wants, source: PAGE, contactId: before.contactId });
      }
      return read(tx, link);
    });
  }

  /** Takes the person off the list of the link. `source` says how: by a button of the page, or one-click by a mailbox. */
  unsubscribe(visit: Visit, source: typeof PAGE | typeof ONE_CLICK): Promise<PageState> {
    const { link } = visit;
    return this.db.run(link.tenantId, async (tx) => {
      const { list, contactId, isOptedOut } = await read(tx, link);
      if (list?.isWanted) await choose(tx, visit, { topic: list.name, wants: false, source, contactId });
      else if (!list && !isOptedOut) await refuse(tx, visit, 'MARKETING', source);
      return read(tx, link);
    });
  }
}

export const PAGE = 'preference page';
export const ONE_CLICK = 'one-click';

async function read(tx: Tx, link: PageLink): Promise<PageState> {
  const facts = await readPageFacts(tx, link);
  if (!facts) throw Problem.notFound('page');
  return stateOf(link, facts);
}

async function setLevel(tx: Tx, visit: Visit, before: PageState, after: Level): Promise<void> {
  if (before.level === after) return;
  const { lifts, refuses } = MEANING[after];
  const wasRefused = MEANING[before.level].refuses;
  if (wasRefused && lifts.includes(wasRefused)) {
    await allow(tx, visit.link, { contactId: before.contactId, purposes: lifts });
    await appendConsent(tx, { ...said(visit, PAGE), action: 'OPTED_IN', purpose: wasRefused });
  }
  if (refuses) await refuse(tx, visit, refuses, PAGE);
}

async function refuse(tx: Tx, visit: Visit, purpose: SuppressionPurpose, source: string): Promise<void> {
  const statement = said(visit, source);
  const { channelType, address, messageId } = statement;
  const suppression = { channelType, address, purpose, source, messageId, expiresAt: null };
  await addSuppression(tx, { id: uuidv7(), reason: 'OPTED_OUT', ...suppression });
  await appendConsent(tx, { ...statement, action: 'OPTED_OUT', purpose });
}

interface TopicChoice {
  contactId: string | null;
  topic: string;
  wants: boolean;
  source: string;
}

async function choose(tx: Tx, visit: Visit, { contactId, topic, wants, source }: TopicChoice): Promise<void> {
  if (contactId === null) return;
  const before = await lockPreferences(tx, contactId);
  const topics = mergeTopics(before.topics, { [topic]: { [visit.link.channelType]: wants } });
  await storePreferences(tx, contactId, { ...before, topics });
  const action = wants ? 'OPTED_IN' : 'OPTED_OUT';
  await appendConsent(tx, { ...said(visit, source), action, purpose: 'ALL', topic });
}

/** The part of a statement that is the same whatever is said: who, from where, with which link. */
function said({ link, visitor }: Visit, source: string): Omit<ConsentStatement, 'action' | 'purpose'> {
  const { channelType, address, id } = link;
  return { channelType, address, source, actor: null, messageId: id, ...visitor };
}
