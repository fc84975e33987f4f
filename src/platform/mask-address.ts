const HIDDEN = '•••';

/** An e-mail address, number or chat id of which only enough is left to recognise it: `a•••@example.com`, `+1415•••2671`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at === 0) return HIDDEN;
  if (at > 0) return `${at > 1 ? firstCharacter(address) : ''}${HIDDEN}${address.slice(at)}`;
  if (address.length >= 12) return `${address.slice(0, 5)}${HIDDEN}${address.slice(-4)}`;
  return address.length >= 8 ? `${address.slice(0, 2)}${HIDDEN}${address.slice(-2)}` : HIDDEN;
}

/** Free text with every e-mail address and number masked, and everything that could be a key or token hidden. */
export function maskText(text: string): string {
  return text
    .replace(/[A-Za-z0-9_+=-]{32,}/g, HIDDEN)
    .replace(/[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/g, maskAddress)
    .replace(/\+?\d(?:[ ().-]{0,2}\d){6,}/g, maskAddress);
}

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
