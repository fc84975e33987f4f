import type { Tx } from '../../platform/db/tenant-db';
import { lockPreferences, storePreferences } from '../preference.queries';
import type { SuppressionPurpose } from '../reasons';
import { mergeTopics } from '../topic-choices';
import { liftOwnOptOut } from './page.queries';
import type { PageLink } from './page-token';

/**
 * The person takes back what the person refused: the own opt-out of the address, and with advertising also the choice that
 * stands in the preferences. What a complaint, a bounce or the tenant put in force stays.
 */
export async function allow(
  tx: Tx,
  link: Pick<PageLink, 'channelType' | 'address'>,
  { contactId, purposes }: { contactId: string | null; purposes: readonly SuppressionPurpose[] },
): Promise<void> {
  await liftOwnOptOut(tx, link, purposes);
  if (contactId === null || !purposes.includes('MARKETING')) return;
  const before = await lockPreferences(tx, contactId);
  if (before.purposes.MARKETING?.[link.channelType] !== false) return;
  const change = { MARKETING: { [link.channelType]: null } };
  await storePreferences(tx, contactId, { ...before, purposes: mergeTopics({ ...before.purposes }, change) });
}
