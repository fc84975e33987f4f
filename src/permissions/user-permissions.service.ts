import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { audit } from './audit';
import { assertMayGrant } from './may-grant';
import type { ReplaceUserPermissionsDto, UserPermissionsResponse } from './user-permissions.dto';
import { UserCommunicationPermission } from './user-communication-permission.entity';

@Injectable()
export class UserPermissionsService {
  constructor(private readonly db: TenantDb) {}

  /** A user of whom nothing is known has no permissions. */
  get({ tenantId }: Caller, userId: string): Promise<UserPermissionsResponse> {
    return this.db.run(tenantId, (tx) => read(tx, userId));
  }

  /** Puts these permissions in the place of all that the user had. Throws Problem 403 for what the caller lacks. */
  replace(caller: Caller, userId: string, input: ReplaceUserPermissionsDto): Promise<UserPermissionsResponse> {
    const permissions = input.permissions.map(({ channelType, actions }) => ({
      channelType: channelType ?? null,
      actions,
    }));
    assertMayGrant(
      caller,
      permissions.flatMap(({ actions }) => actions),
    );
    const { tenantId } = caller;
    return this.db.run(tenantId, async (tx) => {
      // One writer a user: two replacements at once would leave rows of both, or find a unique value taken.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || ' permissions ' || $2, 0))`, [
        tenantId,
        userId,
      ]);
      await tx.manager.delete(UserCommunicationPermission, { tenantId, userId });
      await tx.manager.insert(
        UserCommunicationPermission,
        permissions.map((permission) => ({ tenantId, id: uuidv7(), userId, ...permission })),
      );
      await audit(tx, caller, 'user_permissions.replaced', 'user', userId, { permissions });
      return read(tx, userId);
    });
  }
}

async function read(tx: Tx, userId: string): Promise<UserPermissionsResponse> {
  const { tenantId } = tx;
  const rows = await tx.manager.find(UserCommunicationPermission, {
    where: { tenantId, userId },
    order: { id: 'ASC' },
  });
  return { userId, permissions: rows.map(({ channelType, actions }) => ({ channelType, actions })) };
}
