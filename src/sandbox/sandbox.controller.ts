import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantDb } from '../platform/db/tenant-db';
import { From, Requires, type Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import { SandboxPage, SandboxQuery, type SandboxMessageResponse } from './sandbox.dto';
import type { SandboxMessage } from './sandbox-message.entity';
import { listDeliveries } from './sandbox.queries';

@ApiTags('Sandbox')
@Controller('sandbox')
export class SandboxController {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** What the sandbox provider "sent", newest first. */
  @Get('messages')
  @Requires('messages:read')
  async list(@From() caller: Caller, @Query() query: SandboxQuery): Promise<SandboxPage> {
    const list = { tenantId: caller.tenantId, route: 'GET /sandbox/messages', query };
    const after = this.cursors.after(list);
    const rows = await this.db.run(caller.tenantId, (tx) => listDeliveries(tx, query, after));
    return this.cursors.page(list, rows.map(deliveryView));
  }
}

function deliveryView(s: SandboxMessage): SandboxMessageResponse {
  return {
    id: s.id,
    channelId: s.channelId,
    messageId: s.messageId,
    ref: s.ref,
    providerMessageId: s.providerMessageId,
    from: s.fromAddress,
    to: s.toAddress,
    messageType: s.messageType,
    content: s.content,
    createdAt: s.createdAt.toISOString(),
  };
}
