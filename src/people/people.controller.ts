import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ContactParam } from '../contacts/contact.dto';
import { ContactResponse } from '../contacts/contact-response.dto';
import { From, Requires, type Caller } from '../platform/http/caller';
import { MergeService } from './merge.service';
import { MergeDto } from './people.dto';

@ApiTags('Contacts')
@Controller('contacts/:id')
export class PeopleController {
  constructor(private readonly merging: MergeService) {}

  /**
   * Makes another contact part of this one: addresses, conversations, messages; fields and attributes where this one has none.
   * What either refused stays refused. The other is gone after it, for good. Done again, it changes nothing.
   */
  @Post('merge')
  @Requires('contacts:manage')
  @HttpCode(200)
  merge(@From() caller: Caller, @Param() { id }: ContactParam, @Body() body: MergeDto): Promise<ContactResponse> {
    return this.merging.merge(caller, id, body.contactId);
  }
}
