import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { QueryInt } from './query-fields';
import { Problem } from './problem';

/** What every list accepts in its query; lists with filters extend it. */
export class PageQuery {
  /** Most rows in the answer, 1 to 200. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200 })
  @IsOptional()
  @QueryInt(1, 200)
  limit: number = 50;

  /** `page.next` of the answer before, unchanged. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;
}

/** The body of every list. */
export interface Page<T> {
  data: T[];
  page: {
    /** Cursor of the next page; null on the last one. */
    next: string | null;
  };
}

/**
 * Makes one page of rows that were fetched with LIMIT limit + 1: the surplus row only tells that there is more.
 * `cursorAfter` makes the cursor that continues behind a row.
 */
export function keysetPage<T>(rows: readonly T[], limit: number, cursorAfter: (last: T) => string): Page<T> {
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, page: { next: last === undefined ? null : cursorAfter(last) } };
}

/** Names one list: cursors of another tenant, route or filter do not open in it. `limit` and `cursor` are no filters. */
export function cursorScope(tenantId: string, route: string, filters: object = {}): string {
  const entries = Object.entries(filters)
    .filter(([name, value]) => value !== undefined && name !== 'limit' && name !== 'cursor')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([tenantId, route, entries]))
    .digest('base64url');
}

/** An opaque cursor to a position: the sort values of the last row, as text, such as [createdAt, id]. */
export function encodeCursor(secret: Buffer, scope: string, position: readonly string[]): string {
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([sign(secret, scope, payload), payload]).toString('base64url');
}

/**
 * The position in a cursor that encodeCursor made for the same scope.
 * @throws Problem invalid_cursor for every other text
 */
export function decodeCursor(secret: Buffer, scope: string, cursor: string): string[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const signature = bytes.subarray(0, SIGNATURE_BYTES);
  const payload = bytes.subarray(SIGNATURE_BYTES);
  // Buffer.from skips what is not base64url, so only the one true spelling is let through.
  const isGenuine =
    bytes.toString('base64url') === cursor &&
    signature.length === SIGNATURE_BYTES &&
    timingSafeEqual(signature, sign(secret, scope, payload));
  if (!isGenuine) throw Problem.invalidCursor();
  return JSON.parse(payload.toString()) as string[];
}

/** The `Link` header (RFC 8288) of a page. `url` is the request's path and query. */
export function linkHeader(url: string, next: string): string {
  const target = new URL(url, 'http://host');
  target.searchParams.set('cursor', next);
  return `<${target.pathname}${target.search}>; rel="next"`;
}

const SIGNATURE_BYTES = 16;

function sign(secret: Buffer, scope: string, payload: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${scope}\n`).update(payload).digest().subarray(0, SIGNATURE_BYTES);
}
