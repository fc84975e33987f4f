/** An encoded word holds 75 characters at most (RFC 2047, 2): 45 bytes in base64 and what stands around them. */
const BYTES_OF_A_WORD = 45;

/** An address with the name of its owner, as it stands in a header (RFC 5322, 3.4); other than ASCII in encoded words. */
export function mailbox(address: string, name?: string): string {
  if (name === undefined) return address;
  const phrase = /^[ -~]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodedWords(name);
  return `${phrase} <${address}>`;
}

/** Never cut inside a character, which RFC 2047, 5 forbids. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text.replace(/[\r\n\0]/g, ' ')) {
    if (Buffer.byteLength(word + character) > BYTES_OF_A_WORD) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ');
}
