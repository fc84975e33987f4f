const KEY = /^[a-z0-9-]{1,64}(?:\/[a-z0-9-]{1,64}){1,7}$/;

/** The key itself. A key of any other form would be a fault of ours, and might lead out of the folder: it is refused. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('This is not a key of the storage');
  return key;
}
