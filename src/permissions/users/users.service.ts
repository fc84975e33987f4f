import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Config } from '../../config';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { Callers } from '../../tenants/sign-in/callers';
import { TenantUser } from '../../tenants/tenant-user.entity';
import { audit } from '../audit';
import { insertUser, lockUser } from './user.queries';
import { LOCAL_ISSUER, type CreateUserDto, type UpdateUserDto, type UserQuery, type UserResponse } from './user.dto';

@Injectable()
export class UsersService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly config: Config,
    private readonly callers: Callers,
  ) {}

  /** Throws Problem 409 when issuer and subject are a member's already. */
  async create(caller: Caller, { issuer, subject, email, name }: CreateUserDto): Promise<UserResponse> {
    const user = {
      id: uuidv7(),
      issuer: issuer ?? this.config.OIDC_ISSUER ?? LOCAL_ISSUER,
      subject,
      email: email ?? null,
      name: name ?? null,
    };
    const made = await this.db.run(caller.tenantId, async (tx) => {
      if (!(await insertUser(tx, user)))
        throw Problem.conflict('already_exists', 'Another user signs in with this subject at this issuer.');
      await audit(tx, caller, 'user.created', 'user', user.id, { issuer: user.issuer });
      return userView(await row(tx, user.id));
    });
    this.callers.forget();
    return made;
  }

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: UserQuery): Promise<Page<UserResponse>> {
    const list = { tenantId, route: 'GET /users', query };
    const after = this.cursors.after(list);
    const { status, subject } = query;
    const users = await this.db.run(tenantId, (tx) =>
      tx.manager.find(TenantUser, {
        where: {
          tenantId,
          ...(status && { status }),
          ...(subject && { subject }),
          ...(after && { id: LessThan(after) }),
        },
        order: { id: 'DESC' },
        take: query.limit + 1,
      }),
    );
    return this.cursors.page(list, users.map(userView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<UserResponse> {
    return this.db.run(tenantId, async (tx) => userView(await row(tx, id)));
  }

  /** Throws Problem 404, and 409 for a user who would disable itself. */
  async update(caller: Caller, id: string, { email, name, status }: UpdateUserDto): Promise<UserResponse> {
    const { tenantId } = caller;
    if (status === 'DISABLED') assertAnother(caller, id);
    const change = {
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
      ...(status !== undefined && { status }),
    };
    const updated = await this.db.run(tenantId, async (tx) => {
      if (!(await lockUser(tx, id))) throw Problem.notFound('user');
      await tx.manager.update(TenantUser, { tenantId, id }, { ...change, updatedAt: new Date() });
      await audit(tx, caller, 'user.updated', 'user', id, { fields: Object.keys(change), ...(status && { status }) });
      return userView(await row(tx, id));
    });
    this.callers.forget();
    return updated;
  }

  /** Permissions go with the user. Throws Problem 404, and 409 for a user who would remove itself. */
  async remove(caller: Caller, id: string): Promise<void> {
    const { tenantId } = caller;
    assertAnother(caller, id);
    await this.db.run(tenantId, async (tx) => {
      const { affected } = await tx.manager.delete(TenantUser, { tenantId, id });
      if (!affected) throw Problem.notFound('user');
      await audit(tx, caller, 'user.removed', 'user', id, {});
    });
    this.callers.forget();
  }
}

/** Whoever takes away access still has some, so no tenant locks itself out. */
function assertAnother({ userId }: Caller, id: string): void {
  if (userId === id)
    throw Problem.conflict('conflict', 'Users cannot shut themselves out; somebody else has to do it.');
}

async function row({ tenantId, manager }: Tx, id: string): Promise<TenantUser> {
  const user = await manager.findOneBy(TenantUser, { tenantId, id });
  if (!user) throw Problem.notFound('user');
  return user;
}

function userView({ id, issuer, subject, email, name, status, createdAt, updatedAt }: TenantUser): UserResponse {
  return {
    id,
    issuer,
    subject,
    email,
    name,
    status,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
