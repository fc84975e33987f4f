import type { Tx } from '../../platform/db/tenant-db';
import { NO_PREFERENCES, type Preferences } from '../preference.queries';
import type { SuppressionPurpose } from '../reasons';
import { listTopics } from '../topics/topic.queries';
import type { PageFacts } from './page-state';
import type { PageLink } from './page-token';

type Address = Pick<PageLink, 'channelType' | 'address'>;

const WHO = `
SELECT t.name AS sender, c.id AS "contactId", c.language,
  CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('doNotContact', p.do_not_contact, 'reason', p.reason,
    'preferredChannel', p.preferred_channel, 'quietHours', p.quiet_hours, 'channels', p.channels, 'topics', p.topics,
    'purposes', p.purposes)
  END AS preferences
FROM tenant t
LEFT JOIN contact_identity i ON i.tenant_id = t.id AND i.channel_type = $2 AND i.address = $3
LEFT JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id AND c.deleted_at IS NULL
LEFT JOIN contact_communication_preference p ON p.tenant_id = c.tenant_id AND p.contact_id = c.id
WHERE t.id = $1`;

/** Under the address, or under what is left of it after an erasure: as the gate looks. */
const IS_OF_ADDRESS = `s.tenant_id = $1 AND s.channel_type = $2
  AND s.address IN ($3, (SELECT hidden_address(t.address_salt, $2, $3) FROM tenant t WHERE t.id = $1))`;

const SUPPRESSED = `
SELECT s.reason, s.purpose FROM suppression s
WHERE ${IS_OF_ADDRESS} AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > now())
ORDER BY s.purpose, s.reason`;

/** Everything about an address that its page shows; undefined where there is no such tenant. */
export async function readPageFacts(tx: Tx, { channelType, address }: Address): Promise<PageFacts | undefined> {
  const key = [tx.tenantId, channelType, address];
  type Who = Pick<PageFacts, 'sender' | 'contactId' | 'language'> & { preferences: Preferences | null };
  const [who] = await tx.query<Who>(WHO, key);
  if (!who) return undefined;
  const suppressions = await tx.query<PageFacts['suppressions'][number]>(SUPPRESSED, key);
  return { ...who, preferences: who.preferences ?? NO_PREFERENCES, suppressions, topics: await listTopics(tx) };
}

/** The person takes back an own opt-out of these purposes; what others put in force stays. */
export async function liftOwnOptOut(
  tx: Tx,
  { channelType, address }: Address,
  purposes: readonly SuppressionPurpose[],
): Promise<void> {
  await tx.query(
    `UPDATE suppression s SET lifted_at = now()
     WHERE ${IS_OF_ADDRESS} AND s.purpose = ANY ($4) AND s.reason = 'OPTED_OUT' AND s.lifted_at IS NULL`,
    [tx.tenantId, channelType, address, purposes],
  );
}

/** Whether the person has said yes to this request. */
export async function isAnswered(tx: Tx, requestId: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM consent_event WHERE tenant_id = $1 AND request_id = $2 AND action = 'OPTED_IN'`,
    [tx.tenantId, requestId],
  );
  return rows.length > 0;
}
