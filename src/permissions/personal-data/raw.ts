import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { AuthenticatedRequest } from '../../platform/http/caller';

export const RAW_PERSONAL_DATA = 'carillon:raw-personal-data';

export const SEES_PEOPLE = 'contacts:pii';

/** Marks a route that hands out files or exports: nothing in them can be masked, so it demands contacts:pii besides. */
export const RawPersonalData = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(RAW_PERSONAL_DATA, true), ApiExtension('x-permission-besides', SEES_PEOPLE));

export const NOBODY_IN_FILE = 'carillon:nobody-in-file';

/** Marks a route that hands out a file in which nothing is about people. */
export const NobodyInFile = (): MethodDecorator => SetMetadata(NOBODY_IN_FILE, true);

/**
 * Requests that read people by a side door: a search finds a name letter by letter, and a template previewed with a contact
 * shows that contact.
 */
export function readsPeople({ routeOptions, query, body }: AuthenticatedRequest): boolean {
  const route = routeOptions.url ?? '';
  if (route.endsWith('/contacts')) return has(query, 'search');
  return route.endsWith('/templates/:id/preview') && has(body, 'contactId');
}

function has(input: unknown, name: string): boolean {
  return typeof input === 'object' && input !== null && (input as Record<string, unknown>)[name] != null;
}
