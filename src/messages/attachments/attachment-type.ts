import { isUtf8 } from 'node:buffer';
import { extensionOf } from './attachment-name';

/** What a file is by its own bytes, or a sentence that says why it is not taken. */
export type SniffedType = { contentType: string } | { fault: string };

/**
 * Tells what a file is by its first bytes; what the sender calls it only decides between types that look alike. Nothing that
 * a recipient's device would run is taken: executables and scripts, and HTML and SVG, which carry scripts.
 */
export function sniffType(content: Buffer, filename: string): SniffedType {
  if (content.length === 0) return { fault: 'must not be empty' };
  const extension = extensionOf(filename);
  if (RUNNABLE.has(extension))
    return { fault: `must not be a file that can be run or opened as a page (.${extension})` };
  const signature = SIGNATURES.find(({ at, bytes }) => content.subarray(at, at + bytes.length).equals(bytes));
  if (signature) return { contentType: signature.byExtension?.[extension] ?? signature.type };
  return sniffText(content, extension);
}

/** Extensions that some system runs, or shows as a page with its scripts. */
const RUNNABLE = new Set(
  (
    'apk app asp aspx bat bash cgi cjs cmd com cpl deb dll dmg docm elf exe gadget hta htm html inf jar js jse jsp lnk ' +
    'mht mhtml mjs msi msp php phtml pif ps1 psm1 pptm py rb reg rpm scf scr sh shtml svg svgz vb vbe vbs wsf wsh xhtml ' +
    'xht xlsm xml xsl xslt'
  ).split(' '),
);

interface Signature {
  at: number;
  bytes: Buffer;
  type: string;
  /** Kinds that share the signature, by the extension that tells them apart. */
  byExtension?: Readonly<Record<string, string>>;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';

/** https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern, and the formats' own papers for what it leaves out. */
const SIGNATURES: readonly Signature[] = [
  { at: 0, bytes: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), type: 'image/png' },
  { at: 0, bytes: Buffer.from('\xff\xd8\xff', 'latin1'), type: 'image/jpeg' },
  { at: 0, bytes: Buffer.from('GIF87a'), type: 'image/gif' },
  { at: 0, bytes: Buffer.from('GIF89a'), type: 'image/gif' },
  { at: 8, bytes: Buffer.from('WEBPVP'), type: 'image/webp' },
  { at: 8, bytes: Buffer.from('WAVEfmt '), type: 'audio/wav' },
  { at: 0, bytes: Buffer.from('%PDF-'), type: 'application/pdf' },
  { at: 4, bytes: Buffer.from('ftypM4A'), type: 'audio/mp4' },
  { at: 4, bytes: Buffer.from('ftyphei'), type: 'image/heic' },
  { at: 4, bytes: Buffer.from('ftyp3gp'), type: 'video/3gpp' },
  { at: 4, bytes: Buffer.from('ftypqt'), type: 'video/quicktime' },
  { at: 4, bytes: Buffer.from('ftyp'), type: 'video/mp4' },
  { at: 0, bytes: Buffer.from('\x1aE\xdf\xa3', 'latin1'), type: 'video/webm' },
  { at: 0, bytes: Buffer.from('OggS'), type: 'audio/ogg' },
  { at: 0, bytes: Buffer.from('ID3'), type: 'audio/mpeg' },
  ...['\xff\xfb', '\xff\xf3', '\xff\xf2'].map((sync) => ({
    at: 0,
    bytes: Buffer.from(sync, 'latin1'),
    type: 'audio/mpeg',
  })),
  { at: 0, bytes: Buffer.from('#!AMR'), type: 'audio/amr' },
  {
    at: 0,
    bytes: Buffer.from('PK\x03\x04'),
    type: 'application/zip',
    byExtension: {
      docx: `${OFFICE}.wordprocessingml.document`,
      xlsx: `${OFFICE}.spreadsheetml.sheet`,
      pptx: `${OFFICE}.presentationml.presentation`,
      odt: `${OPEN_DOCUMENT}.text`,
      ods: `${OPEN_DOCUMENT}.spreadsheet`,
      odp: `${OPEN_DOCUMENT}.presentation`,
    },
  },
];

const TEXTS: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  md: 'text/markdown',
  json: 'application/json',
};

const MARKUP = /^\uFEFF?\s*<[a-z!?/]/i;
const SCRIPT = /^\uFEFF?#!/;
/** Control characters that no text has. */
const BINARY = /[^\P{Control}\t\n\f\r\x85]/u;

function sniffText(content: Buffer, extension: string): SniffedType {
  const text = isUtf8(content) ? content.toString('utf8') : '\0';
  if (BINARY.test(text))
    return { fault: 'must be an image, PDF, office document, zip, audio, video, or text in UTF-8' };
  if (MARKUP.test(text) || SCRIPT.test(text)) return { fault: 'must not be HTML, SVG, XML or a script' };
  return { contentType: TEXTS[extension] ?? 'text/plain' };
}
