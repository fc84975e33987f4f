import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Columns that the erasure of a person empties, in tables that are otherwise only appended to or written by others. What
 * happened stays as it was written: when, which kind, which outcome. Only the words and addresses in it can be taken out, and
 * the login can change nothing else of these rows.
 */
const EMPTIED_BY_ERASURE: Readonly<Record<string, string>> = {
  consent_event: 'address, source',
  idempotency_key: 'body',
  message_attempt: 'settled_at, outcome, fault_class, fault_code, fault_message',
  message_event: 'detail',
  sandbox_message: 'to_address, content',
  communication_attachment: 'filename, content, size_bytes, sha256',
};

/** Contacts that became one, people who are forgotten, and bodies of webhooks that are not kept for ever. */
export class MergeAndErasePeople1780000012000 implements MigrationInterface {
  name = 'MergeAndErasePeople1780000012000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE contact ADD COLUMN merged_into uuid, ADD COLUMN erased_at timestamptz,
      ADD FOREIGN KEY (tenant_id, merged_into) REFERENCES contact (tenant_id, id)`);
    await q.query(`CREATE INDEX contact_by_merged ON contact (tenant_id, merged_into) WHERE merged_into IS NOT NULL`);
    await q.query(`ALTER TABLE communication_message ADD COLUMN erased_at timestamptz`);
    await q.query(`CREATE INDEX bulk_recipient_by_contact ON bulk_message_recipient (tenant_id, contact_id)
      WHERE contact_id IS NOT NULL`);

    await q.query(`ALTER TABLE communication_webhook_log ADD COLUMN emptied_at timestamptz`);
    await q.query(`CREATE INDEX webhook_log_to_empty ON communication_webhook_log (received_at)
      WHERE emptied_at IS NULL`);

    for (const [table, columns] of Object.entries(EMPTIED_BY_ERASURE))
      await q.query(`GRANT UPDATE (${columns}) ON ${table} TO carillon_app`);
    // When two contacts become one, what was sent to both counts against the caps of one.
    await q.query(`GRANT UPDATE (contact_id) ON contact_send TO carillon_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`REVOKE UPDATE (contact_id) ON contact_send FROM carillon_app`);
    for (const [table, columns] of Object.entries(EMPTIED_BY_ERASURE))
      await q.query(`REVOKE UPDATE (${columns}) ON ${table} FROM carillon_app`);
    await q.query(`DROP INDEX webhook_log_to_empty`);
    await q.query(`ALTER TABLE communication_webhook_log DROP COLUMN emptied_at`);
    await q.query(`DROP INDEX bulk_recipient_by_contact`);
    await q.query(`ALTER TABLE communication_message DROP COLUMN erased_at`);
    await q.query(`ALTER TABLE contact DROP COLUMN merged_into, DROP COLUMN erased_at`);
  }
}
