import anyAscii from 'any-ascii';

/** The default alphabet of GSM 03.38 and its extension, without the escape. */
const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€';
const IN_GSM: ReadonlySet<string> = new Set(GSM);

/** Has nothing to say in plain letters; the joiner of emoji and marks of direction among them. */
const SILENT = /[\p{Default_Ignorable_Code_Point}\p{Format}]/gu;

/** The text in letters that a text message carries seven bits each; those that it has already stay, such as ä, é and €. */
export function transliterate(text: string): string {
  return Array.from(text.normalize('NFC').replace(SILENT, ''), plain).join('');
}

function plain(char: string): string {
  if (IN_GSM.has(char)) return char;
  if (char === '\t' || /\p{White_Space}/u.test(char)) return char === '\u2028' || char === '\u2029' ? '\n' : ' ';
  // The library writes the grave accent for some marks, which the alphabet lacks.
  return Array.from(anyAscii(char), (letter) => (IN_GSM.has(letter) ? letter : "'")).join('') || '?';
}
