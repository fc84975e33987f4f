import { Inject, Injectable } from '@nestjs/common';
import { deriveSecret, type KeyRing } from '../secrets/key-ring';
import { KEY_RING } from '../tokens';
import { cursorScope, decodeCursor, encodeCursor, keysetPage, type Page, type PageQuery } from './page';

/** One list of one tenant: cursors made for it open nowhere else. */
export interface List {
  tenantId: string;
  /** Method and path template, such as `GET /channels`. */
  route: string;
  query: PageQuery;
}

/** Lists that run from the newest row to the oldest. Ids are UUIDv7, so the id alone is the position. */
@Injectable()
export class Cursors {
  private readonly secret: Buffer;

  constructor(@Inject(KEY_RING) ring: KeyRing) {
    this.secret = deriveSecret(ring, 'list cursors');
  }

  /** The id to continue behind, or null on the first page. Throws Problem 400 for a cursor of another list. */
  after({ tenantId, route, query }: List): string | null {
    if (query.cursor === undefined) return null;
    return decodeCursor(this.secret, cursorScope(tenantId, route, query), query.cursor)[0] ?? null;
  }

  /** One page of rows that were fetched with LIMIT limit + 1. */
  page<T extends { id: string }>(list: List, rows: readonly T[]): Page<T> {
    return this.pageBy(list, rows, ({ id }) => id);
  }

  /** The same for rows whose position is something else than an id. */
  pageBy<T>({ tenantId, route, query }: List, rows: readonly T[], positionOf: (row: T) => string): Page<T> {
    const scope = cursorScope(tenantId, route, query);
    return keysetPage(rows, query.limit, (row) => encodeCursor(this.secret, scope, [positionOf(row)]));
  }
}
