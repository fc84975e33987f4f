/** A mail of the race, to the n-th member, as a caller of the API asks for it. */
export function message(n) {
  return JSON.stringify({
    channelId: process.env.CHANNEL_ID,
    to: `member-${n + 1}@example.com`,
    lane: 'bulk',
    purpose: 'MARKETING',
    content: { subject: 'News', html: '<p>All that is new.</p>' },
  });
}
