/** The secret that the application chose for the channel of the tests. */
export const WEBHOOK_SECRET = 'webhook_secret-of-one-channel-0123456789';
