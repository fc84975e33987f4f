import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { MessageResponse } from '../reading/message-response.dto';
import { CreateNoteDto } from './note.dto';
import { NotesService } from './notes.service';

@ApiTags('Sessions')
@Controller('sessions/:id/notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  /** Writes a note among colleagues into a conversation. It stands between its messages, and is never sent. */
  @Post()
  @Requires('messages:send')
  @Idempotent()
  add(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: CreateNoteDto): Promise<MessageResponse> {
    return this.notes.add(caller, id, body);
  }
}
