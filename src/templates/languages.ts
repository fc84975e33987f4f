/**
 * The languages to look in, best first: the wanted one, what it is a kind of, then the same for the tenant's own.
 * `de-AT` with tenant `en-US`: de-AT, de, en-US, en (RFC 4647, 3.4: look-up).
 */
export function languageChain(wanted: string | undefined, tenantLanguage: string): string[] {
  const chain = [...(wanted === undefined ? [] : shortened(wanted)), ...shortened(tenantLanguage)];
  return [...new Set(chain)];
}

function shortened(tag: string): string[] {
  const subtags = tag.split('-');
  return subtags.map((_, dropped) => subtags.slice(0, subtags.length - dropped).join('-'));
}
