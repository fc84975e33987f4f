/**
 * Of the message `f` to the contact of `s`, by the settings of the tenant `$1`: whether it may be tracked at all, and whether it is
 * where the request does not say so. Only the HTML of an e-mail can be. Links of one-time passwords stay as they are unless the
 * request says otherwise; and a contact that does not want to be tracked is not, whatever anybody says.
 */
export const TRACKING = `
SELECT f."channelType" = 'EMAIL' AND f.content ? 'html'
    AND (t.untracked_attribute IS NULL OR NOT EXISTS (SELECT FROM contact c
      WHERE c.tenant_id = t.id AND c.id = s.contact_id AND c.attributes -> t.untracked_attribute = 'true')) AS may,
  t.track_clicks AND f.lane <> 'otp' AS clicks, t.track_opens AND f.lane <> 'otp' AS opens
FROM tenant t WHERE t.id = $1`;
