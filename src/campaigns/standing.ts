/**
 * Where a recipient stands: with its message once it has one. One text for counts and lists, so that they agree. `m` is the message,
 * `r` the recipient, `b` the bulk send.
 */
export const BY_MESSAGE = `CASE WHEN m.status IN ('SCHEDULED', 'SENDING') THEN 'QUEUED' WHEN m.status = 'EXPIRED' THEN 'FAILED'
  ELSE m.status END`;

/** Of one who has none. Whoever waited for a message of a bulk send that was cancelled is cancelled with it. */
export const BY_RECIPIENT = `CASE WHEN r.status = 'PENDING' AND b.status = 'CANCELLED' THEN 'CANCELLED' ELSE r.status END`;
