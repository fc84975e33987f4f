import type { Sql } from '../db/sql';

/** A stored answer. */
export interface StoredAnswer {
  fingerprint: string;
  status: number;
  body: string;
  location: string | null;
}

/** Which call a key belongs to: the same key on another route is another key. */
export interface KeyScope {
  tenantId: string;
  method: string;
  /** Route template, such as `/channels/:id/verify`. */
  route: string;
  key: string;
}

/** The answer given to this key before, or undefined. */
export async function findAnswer(sql: Sql, scope: KeyScope): Promise<StoredAnswer | undefined> {
  const [row] = await sql.query<StoredAnswer>(
    `SELECT encode(fingerprint, 'hex') AS fingerprint, status, body, location FROM idempotency_key
     WHERE tenant_id = $1 AND method = $2 AND route = $3 AND key = $4`,
    [scope.tenantId, scope.method, scope.route, scope.key],
  );
  return row;
}

/** Takes the key for this transaction; false while another transaction has it. */
export async function takeKey(sql: Sql, scope: KeyScope): Promise<boolean> {
  const [row] = await sql.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1::text || ' ' || $2 || ' ' || $3 || ' ' || $4, 0)) AS taken`,
    [scope.tenantId, scope.method, scope.route, scope.key],
  );
  return row?.taken ?? false;
}

/** Stores the answer in the transaction that has the effect. */
export async function storeAnswer(sql: Sql, scope: KeyScope, answer: StoredAnswer): Promise<void> {
  await sql.query(
    `INSERT INTO idempotency_key (tenant_id, method, route, key, fingerprint, status, body, location)
     VALUES ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8)`,
    [
      scope.tenantId,
      scope.method,
      scope.route,
      scope.key,
      answer.fingerprint,
      answer.status,
      answer.body,
      answer.location,
    ],
  );
}

/** Keys live for 48 hours (docs/operations.md); then the same key may be used again. */
export async function forgetOldKeys(sql: Sql): Promise<void> {
  await sql.query(
    `DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM idempotency_key WHERE created_at < now() - interval '48 hours' LIMIT 10000))`,
  );
}
