/** Every permission there is. A key carries a list of them, or `*`. */
export const PERMISSIONS = {
  'messages:send': 'Send, cancel, retry and reply',
  'messages:read': 'Read messages, conversations and dead letters',
  'channels:read': 'Read channels and provider descriptions',
  'channels:manage': 'Create, change, verify and delete channels',
  'templates:read': 'Read and preview templates',
  'templates:manage': 'Create, change and delete templates',
  'contacts:read': 'Read contacts, preferences and suppressions',
  'contacts:manage': 'Change contacts, preferences and suppressions',
  'contacts:pii': 'See names, addresses and contents of people',
  'campaigns:read': 'Read bulk sends',
  'campaigns:manage': 'Create and control bulk sends',
  'automation:read': 'Read automation rules',
  'automation:manage': 'Create and change automation rules, send events in',
  'webhooks:read': 'Read the webhook log',
  'webhooks:manage': 'Replay webhook calls',
  'stats:read': 'Read statistics and the budget',
  'budget:manage': 'Set the monthly budget',
  'access:manage': 'API keys, user permissions and the audit log',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];
