/**
 * Writes down what was committed, and lets PostgreSQL say in which order: a row's own transaction has a commit time. The rows of
 * the product itself are updated later on, so these are rows of the tests'.
 */
export const WITNESSES = `
CREATE TABLE dispatch_seen (address text, contact_id uuid, channel_id uuid, campaign_id uuid, message_id uuid);
CREATE TABLE opt_out_seen (address text);
CREATE TABLE erasure_seen (contact_id uuid);
CREATE TABLE channel_seen (channel_id uuid, status text);
CREATE TABLE campaign_seen (campaign_id uuid, status text, open int);
CREATE FUNCTION see_dispatch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO dispatch_seen SELECT m.to_address, m.contact_id, m.channel_id, m.campaign_id, m.id FROM communication_message m
    WHERE m.tenant_id = NEW.tenant_id AND m.id = NEW.message_id;
  RETURN NULL; END $$;
CREATE FUNCTION see_opt_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO opt_out_seen VALUES (NEW.address); RETURN NULL; END $$;
CREATE FUNCTION see_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO erasure_seen VALUES (NEW.id); RETURN NULL; END $$;
CREATE FUNCTION see_channel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO channel_seen VALUES (NEW.id, NEW.status); RETURN NULL; END $$;
CREATE FUNCTION see_campaign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO campaign_seen VALUES (NEW.id, NEW.status,
    (SELECT count(*) FROM bulk_message_recipient r WHERE r.tenant_id = NEW.tenant_id AND r.campaign_id = NEW.id
      AND r.status = 'PENDING')
    + (SELECT count(*) FROM communication_message m WHERE m.tenant_id = NEW.tenant_id AND m.campaign_id = NEW.id
      AND (m.status IN ('SCHEDULED', 'QUEUED', 'SENDING') OR m.status = 'UNKNOWN' AND m.resolve_at IS NOT NULL)));
  RETURN NULL; END $$;
CREATE TRIGGER see AFTER INSERT ON message_attempt FOR EACH ROW EXECUTE FUNCTION see_dispatch();
CREATE TRIGGER see AFTER INSERT ON consent_event FOR EACH ROW EXECUTE FUNCTION see_opt_out();
CREATE TRIGGER see AFTER UPDATE OF erased_at ON contact FOR EACH ROW
  WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION see_erasure();
CREATE TRIGGER see AFTER UPDATE OF status ON communication_channel FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION see_channel();
CREATE TRIGGER see AFTER UPDATE OF status ON bulk_message_campaign FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION see_campaign();`;

/** Dispatches whose commit came after that of an opt-out of the address. */
export const AFTER_OPT_OUT = `
SELECT d.address FROM dispatch_seen d JOIN (
  SELECT address, min(pg_xact_commit_timestamp(xmin)) AS at FROM opt_out_seen GROUP BY address) o USING (address)
WHERE pg_xact_commit_timestamp(d.xmin) > o.at`;

/** Dispatches of messages to a person whose commit came after that of the person's erasure. */
export const AFTER_ERASURE = `
SELECT d.address FROM dispatch_seen d JOIN erasure_seen e USING (contact_id)
WHERE pg_xact_commit_timestamp(d.xmin) > pg_xact_commit_timestamp(e.xmin)`;

/** Dispatches whose commit came between the one that switched their channel off and the next that switched it on. */
export const WHILE_OFF = `
SELECT d.address FROM dispatch_seen d CROSS JOIN LATERAL (
  SELECT status FROM channel_seen c WHERE c.channel_id = d.channel_id
    AND pg_xact_commit_timestamp(c.xmin) < pg_xact_commit_timestamp(d.xmin)
  ORDER BY pg_xact_commit_timestamp(c.xmin) DESC LIMIT 1) last WHERE last.status = 'DISABLED'`;

/** Dispatches whose commit came after the one that paused or cancelled their bulk send, and before the next that let it go on. */
export const WHILE_PAUSED = `
WITH stops AS MATERIALIZED (
  SELECT campaign_id, status, at, lead(at) OVER (PARTITION BY campaign_id ORDER BY at) AS until
  FROM (SELECT campaign_id, status, pg_xact_commit_timestamp(xmin) AS at FROM campaign_seen) moves)
SELECT d.address FROM (SELECT address, campaign_id, pg_xact_commit_timestamp(xmin) AS at FROM dispatch_seen) d
JOIN stops s ON s.campaign_id = d.campaign_id AND s.status IN ('PAUSED', 'CANCELLED') AND d.at > s.at
  AND (s.until IS NULL OR d.at < s.until)`;

/** Bulk sends that were said to be over while somebody was still to be written to. */
export const ENDED_TOO_EARLY = `
SELECT campaign_id, status, open FROM campaign_seen WHERE status IN ('COMPLETED', 'PARTIALLY_FAILED', 'FAILED') AND open > 0`;
