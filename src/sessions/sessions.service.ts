import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { CommunicationSession } from './communication-session.entity';
import type { SessionQuery, SessionResponse, UpdateSessionDto } from './session.dto';
import { OPEN_STATUSES } from './session.queries';

const FILTERS = ['status', 'channelId', 'contactId', 'assignedTo'] as const;

@Injectable()
export class SessionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  async list(caller: Caller, query: SessionQuery): Promise<Page<SessionResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /sessions', query };
    const after = this.cursors.after(list);
    const sessions = await this.db.run(caller.tenantId, (tx) => {
      const rows = tx.manager
        .createQueryBuilder(CommunicationSession, 's')
        .where('s.tenantId = :tenantId', { tenantId: tx.tenantId })
        .orderBy('s.id', 'DESC')
        .limit(query.limit + 1);
      if (after) rows.andWhere('s.id < :after', { after });
      for (const filter of FILTERS)
        if (query[filter] !== undefined) rows.andWhere(`s.${filter} = :${filter}`, { [filter]: query[filter] });
      return rows.getMany();
    });
    return this.cursors.page(list, sessions.map(sessionView));
  }

  /** Throws Problem 404. */
  async get(caller: Caller, id: string): Promise<SessionResponse> {
    return this.db.run(caller.tenantId, async (tx) => sessionView(await sessionRow(tx, id)));
  }

  /** Throws Problem 404, or 409 when it cannot open again because a newer conversation is open. */
  update(caller: Caller, id: string, input: UpdateSessionDto): Promise<SessionResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const session = await sessionRow(tx, id);
      if (input.status && isOpen(input.status) && !isOpen(session.status)) await this.assertFree(tx, session);
      await tx.manager.update(
        CommunicationSession,
        { tenantId: caller.tenantId, id },
        {
          ...input,
          ...(input.status && { closedAt: isOpen(input.status) ? null : new Date() }),
          updatedAt: new Date(),
        },
      );
      return sessionView(await sessionRow(tx, id));
    });
  }

  /** Where an answer in this conversation goes. Throws Problem 404, or 409 when it is over. */
  async answerable(caller: Caller, id: string): Promise<{ channelId: string; counterpart: string }> {
    const session = await this.db.run(caller.tenantId, (tx) => sessionRow(tx, id));
    if (!isOpen(session.status))
      throw Problem.conflict('session_closed', 'The conversation is over; send a new message.');
    return session;
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

function sessionView(s: CommunicationSession): SessionResponse {
  return {
    id: s.id,
    channelId: s.channelId,
    channelType: s.channelType,
    contactId: s.contactId,
    counterpart: s.counterpart,
    direction: s.direction,
    status: s.status,
    subject: s.subject,
    assignedTo: s.assignedTo,
    labels: s.labels,
    lastInboundAt: s.lastInboundAt?.toISOString() ?? null,
    createdAt: s.createdAt.toISOString(),
    updatedAt: s.updatedAt.toISOString(),
    closedAt: s.closedAt?.toISOString() ?? null,
  };
}
