import type { Tx } from '../../platform/db/tenant-db';
import type { ChannelType } from '../../providers/provider';

/** How notifications of a topic reach people. */
export interface Route {
  topic: string;
  mode: 'ALL' | 'FIRST_REACHABLE';
  purpose: 'TRANSACTIONAL' | 'MARKETING';
  channels: ChannelType[];
  templates: Partial<Record<ChannelType, string>>;
  fallbackMinutes: number;
  /** null: as it usually goes. */
  updatedAt: Date | null;
}

interface StoredRoute extends Partial<Omit<Route, 'topic'>> {
  topic: string;
}

const ROUTES = `SELECT t.name AS topic, r.mode, r.purpose, r.channels, r.templates, r.fallback_minutes AS "fallbackMinutes",
  r.updated_at AS "updatedAt" FROM topic t
  LEFT JOIN notification_route r ON r.tenant_id = t.tenant_id AND r.topic = t.name WHERE t.tenant_id = $1`;

/** Advertising is asked about as advertising. */
const MARKETING_TOPICS = ['promotional'];

/** Those of the names that are topics, each with its route. */
export async function routesOf(tx: Tx, topics: readonly string[]): Promise<Map<string, Route>> {
  if (!topics.length) return new Map();
  const rows = await tx.query<StoredRoute>(`${ROUTES} AND t.name = ANY ($2::text[])`, [tx.tenantId, topics]);
  return new Map(rows.map((row) => [row.topic, asUsual(row)]));
}

function asUsual({ topic, mode, purpose, channels, templates, fallbackMinutes, updatedAt }: StoredRoute): Route {
  return {
    topic,
    mode: mode ?? 'ALL',
    purpose: purpose ?? (MARKETING_TOPICS.includes(topic) ? 'MARKETING' : 'TRANSACTIONAL'),
    channels: channels ?? ['EMAIL', 'SMS'],
    templates: templates ?? {},
    fallbackMinutes: fallbackMinutes ?? 60,
    updatedAt: updatedAt ?? null,
  };
}

export async function putRoute(tx: Tx, route: Omit<Route, 'updatedAt'>): Promise<void> {
  const { topic, mode, purpose, channels, templates, fallbackMinutes } = route;
  await tx.query(
    `INSERT INTO notification_route (tenant_id, topic, mode, purpose, channels, templates, fallback_minutes)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, topic) DO UPDATE SET mode = excluded.mode, purpose = excluded.purpose,
       channels = excluded.channels, templates = excluded.templates, fallback_minutes = excluded.fallback_minutes,
       updated_at = now()`,
    [tx.tenantId, topic, mode, purpose, channels, JSON.stringify(templates), fallbackMinutes],
  );
}

/** Whether the tenant has a route that goes on to the next channel. */
export async function hasFallback(tx: Tx): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM notification_route WHERE tenant_id = $1 AND mode = 'FIRST_REACHABLE' LIMIT 1`,
    [tx.tenantId],
  );
  return rows.length > 0;
}

/** The templates that are called as a topic, those in English first. */
export function templatesCalled(tx: Tx, name: string): Promise<{ id: string; channelType: ChannelType }[]> {
  return tx.query<{ id: string; channelType: ChannelType }>(
    `SELECT id, channel_type AS "channelType" FROM message_template
     WHERE tenant_id = $1 AND name = $2 AND deleted_at IS NULL ORDER BY language = 'en' DESC, language, id`,
    [tx.tenantId, name],
  );
}

/** Whether there is, or ever was, a template of this name. */
export async function wasCalled(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 FROM message_template WHERE tenant_id = $1 AND name = $2 LIMIT 1`, [
    tx.tenantId,
    name,
  ]);
  return rows.length > 0;
}
