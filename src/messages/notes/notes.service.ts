import { Injectable } from '@nestjs/common';
import { actorOf } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { sessionRow } from '../../sessions/sessions.service';
import { messageRow } from '../reading/message-reader';
import type { MessageResponse } from '../reading/message-response.dto';
import { messageView } from '../reading/message.view';
import { insertNote } from './note.queries';
import type { CreateNoteDto } from './note.dto';

/** Notes among colleagues: messages that stay inside. Nothing sends them, and no statistics count them. */
@Injectable()
export class NotesService {
  constructor(private readonly db: TenantDb) {}

  /** Also in a conversation that is over. Throws Problem 404, or 409 when its contact was erased. */
  add(caller: Caller, sessionId: string, { text }: CreateNoteDto): Promise<MessageResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      await sessionRow(tx, sessionId);
      const id = uuidv7();
      if (!(await insertNote(tx, { id, sessionId, author: actorOf(caller), text })))
        throw Problem.conflict('session_closed', 'The contact of the conversation was erased.');
      return messageView(await messageRow(tx, id));
    });
  }
}
