import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { contactValues } from '../../templates/contact-values';
import { TemplateEngine } from '../../templates/template-engine';
import type {
  CannedReplyQuery,
  CannedReplyResponse,
  CreateCannedReplyDto,
  UpdateCannedReplyDto,
} from './canned-reply.dto';
import {
  changeCannedReply,
  findCannedReply,
  insertCannedReply,
  knownOf,
  listCannedReplies,
  removeCannedReply,
  type CannedReplyRow,
} from './canned-reply.queries';

/** Answers that are kept ready: written once, and filled in for whoever gets them. */
@Injectable()
export class CannedRepliesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly engine: TemplateEngine,
  ) {}

  /** Throws Problem 409 for a shortcut that is taken, 422 for a text that is not in the language. */
  async create(caller: Caller, { shortcut, text }: CreateCannedReplyDto): Promise<CannedReplyResponse> {
    await this.engine.check(caller.tenantId, { body: text }, { as: '/text' });
    return this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      if (!(await insertCannedReply(tx, { id, shortcut, text }))) throw shortcutTaken();
      await audit(tx, caller, 'canned_reply.created', 'canned_reply', id, { shortcut });
      return replyView(existing(await findCannedReply(tx, id)));
    });
  }

  /** Newest first. */
  list(caller: Caller, query: CannedReplyQuery): Promise<Page<CannedReplyResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /canned-replies', query };
    const filter = { shortcut: query.shortcut ?? null, after: this.cursors.after(list), limit: query.limit };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listCannedReplies(tx, filter)).map(replyView)),
    );
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<CannedReplyResponse> {
    return this.db.run(caller.tenantId, async (tx) => replyView(existing(await findCannedReply(tx, id))));
  }

  /** Throws Problem 404, 409 for a shortcut that is taken, 422 for a text that is not in the language. */
  async update(caller: Caller, id: string, input: UpdateCannedReplyDto): Promise<CannedReplyResponse> {
    if (input.text !== undefined) await this.engine.check(caller.tenantId, { body: input.text }, { as: '/text' });
    return this.db.run(caller.tenantId, async (tx) => {
      const changed = existing(await changeCannedReply(tx, id, input));
      await audit(tx, caller, 'canned_reply.updated', 'canned_reply', id, { fields: Object.keys(input) });
      return replyView(changed);
    });
  }

  /** Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      if (!(await removeCannedReply(tx, id))) throw Problem.notFound('canned reply');
      await audit(tx, caller, 'canned_reply.deleted', 'canned_reply', id, {});
    });
  }

  /** The text for a contact. Throws Problem 404, 422 naming the values that are missing. */
  async textFor(
    tenantId: string,
    { id, contactId }: { id: string; contactId: string },
    variables: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const { reply, known } = await this.db.run(tenantId, async (tx) => ({
      reply: existing(await findCannedReply(tx, id)),
      known: await knownOf(tx, contactId),
    }));
    const texts = { subject: null, body: reply.text, html: null };
    const values = { contact: contactValues(known), ...variables };
    const { text = '' } = await this.engine.render(tenantId, { texts, variables: [], needsText: false }, values);
    return text;
  }
}

function existing(row: CannedReplyRow | undefined): CannedReplyRow {
  if (!row) throw Problem.notFound('canned reply');
  return row;
}

function shortcutTaken(): Problem {
  return Problem.conflict('already_exists', 'Another canned reply has this shortcut.');
}

function replyView({ createdAt, updatedAt, ...reply }: CannedReplyRow): CannedReplyResponse {
  return { ...reply, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
