/** Vonage writes numbers without the plus; everything that is not one (a sender's name, a short code) stays as it is. */
export function withoutPlus(address: string): string {
  return address.replace(/^\+/, '');
}

/** The number with its plus, as addresses are kept. */
export function withPlus(address: string): string {
  return /^[1-9]\d{6,14}$/.test(address) ? `+${address}` : address;
}
