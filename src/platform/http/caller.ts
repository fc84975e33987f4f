import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem';

/** Who calls, as the credential says; the tenant comes from nowhere else. */
export interface Caller {
  tenantId: string;
  /** Null for a user who signed in. */
  keyId: string | null;
  /** The user who signed in, or that the key acts for; null for a machine's key. */
  userId: string | null;
  /** Permissions that hold on every channel type; `*` is every one. */
  scopes: readonly string[];
  /** Permissions that hold on some channel types only, with these. */
  partly?: Readonly<Record<string, readonly string[]>>;
  /** Channel types on which the permission of this route holds; null: on every one. */
  channelTypes: readonly string[] | null;
}

/** Channel types on which the caller has a permission; null: on every one, empty: on none. */
export function channelTypesOf({ scopes, partly }: Caller, permission: string): readonly string[] | null {
  if (scopes.includes('*') || scopes.includes(permission)) return null;
  return partly?.[permission] ?? [];
}

/** Throws Problem 403 for a channel type on which the permission of this route does not hold. */
export function assertChannelType({ channelTypes }: Caller, channelType: string): void {
  if (channelTypes !== null && !channelTypes.includes(channelType))
    throw Problem.forbidden(`The permission for this does not hold on ${channelType}.`);
}

/** A request after the guard let it pass. */
export type AuthenticatedRequest = FastifyRequest & { caller?: Caller };

export const PERMISSION = 'carillon:permission';

/** Marks a route that needs no key: health, metrics, documentation, provider webhooks. */
export const PUBLIC = '(public)';

/**
 * Names the permission that a route demands; the API's description shows it. A route without this or `Public` stops the
 * application from starting.
 */
export const Requires = (permission: string): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PERMISSION, permission), ApiExtension('x-permission', permission));

export const EVERY_TYPE = 'carillon:every-channel-type';

/**
 * Demands that the permission holds on every channel type: for what reaches across all of them, such as the removal of a
 * person. Held to some types, it would be done by half and look like the whole.
 */
export const OnEveryChannelType = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(EVERY_TYPE, true), ApiExtension('x-every-channel-type', true));

/** Opens a route to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, PUBLIC);

/** The caller as a parameter of a route; only in routes that require a permission. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});

/**
 * Finds the caller that a bearer token belongs to; answers undefined for any token that is not valid now. Throws Problem 503
 * when that cannot be told at the moment.
 */
export abstract class Authenticator {
  abstract authenticate(token: string): Promise<Caller | undefined>;
}

/** The tenant itself, where nobody asks: its rules, its schedules, its sources of events. */
export function asTenant(tenantId: string): Caller {
  return { tenantId, keyId: null, userId: null, scopes: [], channelTypes: null };
}
