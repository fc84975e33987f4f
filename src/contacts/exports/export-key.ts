/** Where the file of an export lies: each start writes its own, so that two workers never write the same one. */
export function exportKey(tenantId: string, id: string, start: number): string {
  return `${tenantId}/contact-exports/${id}/${start}`;
}
