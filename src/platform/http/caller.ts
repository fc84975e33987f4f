import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who calls, as the credential says; the tenant comes from nowhere else. */
export interface Caller {
  tenantId: string;
  keyId: string;
  /** The user that the key acts for; null for a machine's key. */
  userId: string | null;
  /** Permissions of the key; `*` is every one. */
  scopes: readonly string[];
}

/** A request after the guard let it pass. */
export type AuthenticatedRequest = FastifyRequest & { caller?: Caller };

export const PERMISSION = 'carillon:permission';

/** Marks a route that needs no key: health, metrics, documentation, provider webhooks. */
export const PUBLIC = '(public)';

/** Names the permission that a route demands. A route without this or `Public` stops the application from starting. */
export const Requires = (permission: string): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, permission);

/** Opens a route to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, PUBLIC);

/** The caller as a parameter of a route; only in routes that require a permission. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});

/** Finds the caller that a bearer token belongs to; answers undefined for any token that is not valid now. */
export abstract class Authenticator {
  abstract authenticate(token: string): Promise<Caller | undefined>;
}
