import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { Callers } from '../../tenants/sign-in/callers';
import { audit } from '../audit';
import { assertMayGrant } from '../may-grant';
import type { ReplaceUserPermissionsDto, UserPermissionsResponse } from './user-permissions.dto';
import { UserCommunicationPermission } from './user-communication-permission.entity';
import { lockUser, userExists } from './user.queries';

@Injectable()
export class UserPermissionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly callers: Callers,
  ) {}

  /** Throws Problem 404. */
  get({ tenantId }: Caller, userId: string): Promise<UserPermissionsResponse> {
    return this.db.run(tenantId, async (tx) => {
      if (!(await userExists(tx, userId))) throw Problem.notFound('user');
      return read(tx, userId);
    });
  }

  /** Puts these permissions in the place of all that the user had. Throws Problem 404, 422, 403 for what the caller lacks. */
  async replace(caller: Caller, userId: string, input: ReplaceUserPermissionsDto): Promise<UserPermissionsResponse> {
    const permissions = input.permissions.map(({ channelType, actions }) => ({
      channelType: channelType ?? null,
      actions,
    }));
    for (const [index, { channelType, actions }] of permissions.entries()) {
      if (channelType !== null && actions.includes('access:manage'))
        throw Problem.invalidField(`/permissions/${index}/actions`, 'access:manage holds on every channel type only');
      assertMayGrant(caller, actions, channelType);
    }
    const { tenantId } = caller;
    const replaced = await this.db.run(tenantId, async (tx) => {
      // One writer a user: two replacements at once would leave rows of both, or find a unique value taken.
      if (!(await lockUser(tx, userId))) throw Problem.notFound('user');
      await tx.manager.delete(UserCommunicationPermission, { tenantId, userId });
      await tx.manager.insert(
        UserCommunicationPermission,
        permissions.map((permission) => ({ tenantId, id: uuidv7(), userId, ...permission })),
      );
      await audit(tx, caller, 'user_permissions.replaced', 'user', userId, { permissions });
      return read(tx, userId);
    });
    this.callers.forget();
    return replaced;
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
