/** Where a list goes on. */
export class PageInfo {
  /** Cursor of the next page; null on the last one. */
  next: string | null;
}
