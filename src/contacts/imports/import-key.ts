/** Where the file of an import lies. */
export function importKey(tenantId: string, id: string): string {
  return `${tenantId}/contact-imports/${id}`;
}
