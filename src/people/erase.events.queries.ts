import type { Tx } from '../platform/db/tenant-db';
import type { PersonAddress } from './person.queries';

/**
 * Messages of queues that nobody could be found for, as those that cannot be read: where one names the person, by an address or by
 * the externalId, what it says goes. Asked while the contact still has its externalId.
 */
export async function eraseUnreadEvents(
  tx: Tx,
  ids: readonly string[],
  addresses: readonly PersonAddress[],
): Promise<void> {
  const named = await tx.query<{ externalId: string }>(
    `SELECT external_id AS "externalId" FROM contact
     WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND external_id IS NOT NULL`,
    [tx.tenantId, ids],
  );
  const words = [...named.map(({ externalId }) => externalId), ...addresses.map(({ address }) => address)];
  if (!words.length) return;
  await tx.query(
    `UPDATE tenant_event SET data = '{}', event_id = NULL, failure = NULL, status = 'HANDLED',
       handled_at = coalesce(handled_at, clock_timestamp())
     WHERE tenant_id = $1 AND contact_id IS NULL AND source IN ('sns', 'sqs', 'kafka') AND data::text ~* ANY ($2::text[])`,
    [tx.tenantId, words.map(asWhole)],
  );
}

/** A pattern that finds a word where it is not a part of a longer one. */
function asWhole(word: string): string {
  return `(^|[^[:alnum:].+_-])${word.replaceAll(/[^\p{Letter}\p{Number}@ ]/gu, String.raw`\$&`)}($|[^[:alnum:]_-])`;
}
