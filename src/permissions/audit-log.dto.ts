import { PageInfo } from '../platform/http/page-info.dto';

/** One change, as it was made. */
export class AuditEntryResponse {
  id: string;
  at: string;
  /** `key:<id>`, with `user:<id>` in front when the key acts for a user. */
  actor: string;
  /** What was done, such as `channel.created`. */
  action: string;
  /** Kind of thing that was changed, such as `channel`. */
  resource: string;
  resourceId: string | null;
  /** Facts of the change; never a secret. */
  detail: Record<string, unknown>;
}

export class AuditLogPage {
  data: AuditEntryResponse[];
  page: PageInfo;
}
