import type { Tx } from '../../platform/db/tenant-db';
import type { TopicChoices } from '../topic-choices';

/** A topic as it is stored. */
export interface TopicRow {
  name: string;
  title: string;
  description: string | null;
  isCritical: boolean;
  defaults: TopicChoices;
  createdAt: Date;
  updatedAt: Date;
}

const TOPIC = `name, title, description, is_critical AS "isCritical", defaults, created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** All topics of the tenant, by name. */
export function listTopics(tx: Tx): Promise<TopicRow[]> {
  return tx.query<TopicRow>(`SELECT ${TOPIC} FROM topic WHERE tenant_id = $1 ORDER BY name`, [tx.tenantId]);
}

/** Undefined for none. */
export async function findTopic(tx: Tx, name: string): Promise<TopicRow | undefined> {
  const [row] = await tx.query<TopicRow>(`SELECT ${TOPIC} FROM topic WHERE tenant_id = $1 AND name = $2`, [
    tx.tenantId,
    name,
  ]);
  return row;
}

/** Makes it, or puts it in the place of the one of that name. */
export async function putTopic(tx: Tx, topic: Omit<TopicRow, 'createdAt' | 'updatedAt'>): Promise<void> {
  const { name, title, description, isCritical, defaults } = topic;
  await tx.query(
    `INSERT INTO topic (tenant_id, name, title, description, is_critical, defaults) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, name) DO UPDATE SET title = excluded.title, description = excluded.description,
       is_critical = excluded.is_critical, defaults = excluded.defaults, updated_at = now()`,
    [tx.tenantId, name, title, description, isCritical, JSON.stringify(defaults)],
  );
}

/** False when there is none of that name. */
export async function removeTopic(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx.query(`DELETE FROM topic WHERE tenant_id = $1 AND name = $2 RETURNING name`, [
    tx.tenantId,
    name,
  ]);
  return rows.length > 0;
}

/** Those of the names that belong to critical topics. */
export async function criticalAmong(tx: Tx, names: readonly string[]): Promise<string[]> {
  if (!names.length) return [];
  const rows = await tx.query<{ name: string }>(
    `SELECT name FROM topic WHERE tenant_id = $1 AND name = ANY ($2::text[]) AND is_critical ORDER BY name`,
    [tx.tenantId, names],
  );
  return rows.map(({ name }) => name);
}
