import type { Sql } from '../../platform/db/sql';
import type { Grant } from './rights';

/** An active user of an active tenant, with what the user was granted. */
export interface Member {
  userId: string;
  grants: Grant[];
}

const GRANTS = `coalesce((SELECT jsonb_agg(jsonb_build_object('channelType', p.channel_type, 'actions', p.actions))
  FROM user_communication_permission p WHERE p.tenant_id = u.tenant_id AND p.user_id = u.id), '[]') AS grants`;

/** Whether the tenant may work at all. */
export async function tenantIsActive(sql: Sql, tenantId: string): Promise<boolean> {
  const [tenant] = await sql.query(`SELECT 1 FROM tenant WHERE id = $1 AND status = 'ACTIVE'`, [tenantId]);
  return tenant !== undefined;
}

/** The user of this id; undefined when the tenant or the user may not work. */
export async function findMember(sql: Sql, tenantId: string, userId: string): Promise<Member | undefined> {
  const [member] = await sql.query<Member>(
    `SELECT u.id AS "userId", ${GRANTS} FROM tenant t JOIN tenant_user u ON u.tenant_id = t.id
     WHERE t.id = $1 AND u.tenant_id = $1 AND u.id = $2 AND t.status = 'ACTIVE' AND u.status = 'ACTIVE'`,
    [tenantId, userId],
  );
  return member;
}

/** The user who signs in with this subject at this issuer; undefined as above, and for who is no member. */
export async function findSignedIn(
  sql: Sql,
  tenantId: string,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<Member | undefined> {
  const [member] = await sql.query<Member>(
    `SELECT u.id AS "userId", ${GRANTS} FROM tenant t JOIN tenant_user u ON u.tenant_id = t.id
     WHERE t.id = $1 AND u.tenant_id = $1 AND u.issuer = $2 AND u.subject = $3
       AND t.status = 'ACTIVE' AND u.status = 'ACTIVE'`,
    [tenantId, issuer, subject],
  );
  return member;
}
