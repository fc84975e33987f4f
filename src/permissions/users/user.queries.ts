import type { Tx } from '../../platform/db/tenant-db';

export async function userExists(tx: Tx, id: string): Promise<boolean> {
  const [user] = await tx.query('SELECT 1 FROM tenant_user WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
  return user !== undefined;
}

/** Holds the user until the transaction ends; false for none. */
export async function lockUser(tx: Tx, id: string): Promise<boolean> {
  const [user] = await tx.query('SELECT 1 FROM tenant_user WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
    tx.tenantId,
    id,
  ]);
  return user !== undefined;
}

/** False when another user signs in with this subject at this issuer. */
export async function insertUser(
  tx: Tx,
  user: { id: string; issuer: string; subject: string; email: string | null; name: string | null },
): Promise<boolean> {
  const [made] = await tx.query(
    `INSERT INTO tenant_user (tenant_id, id, issuer, subject, email, name) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, issuer, subject) DO NOTHING RETURNING id`,
    [tx.tenantId, user.id, user.issuer, user.subject, user.email, user.name],
  );
  return made !== undefined;
}
