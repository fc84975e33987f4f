import { Injectable } from '@nestjs/common';
import { storedReferences } from '../contacts/external-references';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { mayBeAssigned } from './assignee.queries';
import { CommunicationSession } from './communication-session.entity';
import { normalLabels } from './labels';
import type { SessionLabelList, SessionQuery, SessionResponse, UpdateSessionDto } from './session.dto';
import { listLabels, listSessions } from './session-list.queries';
import { OPEN_STATUSES } from './session.queries';
import { sessionView } from './session.view';

@Injectable()
export class SessionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. Throws Problem 422 where `me` is asked for without a user. */
  async list(caller: Caller, query: SessionQuery): Promise<Page<SessionResponse>> {
    // With the user that `me` is: a cursor of one colleague does not open in the list of another.
    const { assignedTo, ...others } = query;
    const filter = { ...others, ...(assignedTo !== undefined && { assignedTo: assigneeOf(caller, assignedTo) }) };
    const list = { tenantId: caller.tenantId, route: 'GET /sessions', query: filter };
    const after = this.cursors.after(list);
    const sessions = await this.db.run(caller.tenantId, (tx) => listSessions(tx, filter, after));
    return this.cursors.page(list, sessions.map(sessionView));
  }

  labels(caller: Caller): Promise<SessionLabelList> {
    return this.db.run(caller.tenantId, async (tx) => ({ data: await listLabels(tx), page: { next: null } }));
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<SessionResponse> {
    return this.db.run(caller.tenantId, async (tx) => sessionView(await sessionRow(tx, id)));
  }

  /**
   * Throws Problem 404, 409 when it cannot open again because a newer conversation is open, 422 for a user who could not read
   * what is assigned.
   */
  update(caller: Caller, id: string, input: UpdateSessionDto): Promise<SessionResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const session = await sessionRow(tx, id);
      if (input.assignedTo) await this.assertAssignable(tx, input.assignedTo, session);
      if (input.status && isOpen(input.status) && !isOpen(session.status)) await this.assertFree(tx, session);
      const { labels, externalReferences, ...fields } = input;
      await tx.manager.update(
        CommunicationSession,
        { tenantId: caller.tenantId, id },
        {
          ...fields,
          ...(labels && { labels: normalLabels(labels) }),
          ...(externalReferences && { externalReferences: storedReferences(externalReferences) }),
          ...statusFields(session, input.status),
          updatedAt: new Date(),
        },
      );
      return sessionView(await sessionRow(tx, id));
    });
  }

  /** The conversation that an answer goes to. Throws Problem 404, or 409 when it is over. */
  async answerable(caller: Caller, id: string): Promise<CommunicationSession> {
    const session = await this.db.run(caller.tenantId, (tx) => sessionRow(tx, id));
    if (!isOpen(session.status))
      throw Problem.conflict('session_closed', 'The conversation is over; send a new message.');
    return session;
  }

  private async assertAssignable(tx: Tx, userId: string, { channelType }: CommunicationSession): Promise<void> {
    if (!(await mayBeAssigned(tx, userId, channelType)))
      throw Problem.invalidField('/assignedTo', `must be an active user who may read messages on ${channelType}`);
  }

  private async assertFree(tx: Tx, { channelId, counterpart }: CommunicationSession): Promise<void> {
    const rows = await tx.query(
      `SELECT 1 FROM communication_session WHERE tenant_id = $1 AND channel_id = $2 AND counterpart = $3 AND status = ANY($4)`,
      [tx.tenantId, channelId, counterpart, OPEN_STATUSES],
    );
    if (rows.length) throw Problem.conflict('session_closed', 'A newer conversation with this counterpart is open.');
  }
}

/** The row of a conversation. Throws Problem 404, the same for another tenant's id. */
export async function sessionRow(tx: Tx, id: string): Promise<CommunicationSession> {
  const session = await tx.manager.findOneBy(CommunicationSession, { tenantId: tx.tenantId, id });
  if (!session) throw Problem.notFound('session');
  return session;
}

/** Whether a conversation takes messages. */
export function isOpen(status: string): boolean {
  return OPEN_STATUSES.some((open) => open === status);
}

/** Nobody waits in a conversation that is over; one that opens again is not silent since then. */
function statusFields(before: CommunicationSession, status: string | undefined): Partial<CommunicationSession> {
  if (!status) return {};
  if (!isOpen(status)) return { closedAt: new Date(), waitingSince: null, dueAt: null };
  return { closedAt: null, ...(!isOpen(before.status) && { quietSince: new Date() }) };
}

function assigneeOf({ userId }: Caller, asked: string): string | null {
  if (asked === 'none') return null;
  if (asked !== 'me') return asked;
  if (userId === null)
    throw Problem.invalidField('/query/assignedTo', 'can be me only for a user, or for the key of one');
  return userId;
}
