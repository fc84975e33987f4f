import { extensionOf } from './attachment-name';

/** What a file is by its own bytes, or a sentence that says why it is not taken. */
export type SniffedType = { contentType: string } | { fault: string };

/**
 * Tells what a file is by its first bytes; what the sender calls it only decides between types that look alike. Nothing that
 * a recipient's device would run is taken: executables and scripts, and HTML and SVG, which carry scripts. It is given the
 * file piece by piece and keeps none of it.
 */
export class TypeSniffer {
  private readonly extension: string;
  private readonly text = new TextInspection();
  private head = Buffer.alloc(0);

  constructor(filename: string) {
    this.extension = extensionOf(filename);
  }

  write(chunk: Buffer): void {
    if (this.head.length < LONGEST_SIGNATURE)
      this.head = Buffer.concat([this.head, chunk.subarray(0, LONGEST_SIGNATURE - this.head.length)]);
    if (!this.signature()) this.text.write(chunk);
  }

  /** The verdict, when all was written. */
  end(): SniffedType {
    if (this.head.length === 0) return { fault: 'must not be empty' };
    if (RUNNABLE.has(this.extension))
      return { fault: `must not be a file that can be run or opened as a page (.${this.extension})` };
    const signature = this.signature();
    if (signature) return { contentType: signature.byExtension?.[this.extension] ?? signature.type };
    const fault = this.text.end();
    return fault === undefined ? { contentType: TEXTS[this.extension] ?? 'text/plain' } : { fault };
  }

  private signature(): Signature | undefined {
    return SIGNATURES.find(({ at, bytes }) => this.head.subarray(at, at + bytes.length).equals(bytes));
  }
}

/** The same for a file that is in memory. */
export function sniffType(content: Buffer, filename: string): SniffedType {
  const sniffer = new TypeSniffer(filename);
  sniffer.write(content);
  return sniffer.end();
}

/** Extensions that some system runs, or shows as a page with its scripts. */
const RUNNABLE = new Set(
  (
    'apk app asp aspx bat bash cgi cjs cmd com cpl deb dll dmg docm elf exe gadget hta htm html inf jar js jse jsp lnk ' +
    'mht mhtml mjs msi msp php phtml pif ps1 psm1 pptm py rb reg rpm scf scr sh shtml svg svgz vb vbe vbs wsf wsh xhtml ' +
    'xht xlsm xml xsl xslt'
  ).split(' '),
);

/** Bytes at the beginning that all signatures lie in. */
const LONGEST_SIGNATURE = 16;

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

const MARKUP_OR_SCRIPT = /^(<[a-z!?/]|#!)/i;
/** Control characters that no text has. */
const BINARY = /[^\P{Control}\t\n\f\r\x85]/u;

/** Follows a text through its pieces: whether it is one, and how it begins. */
class TextInspection {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private isText = true;
  /** Its first two characters that can be seen. */
  private start = '';

  write(chunk: Buffer): void {
    this.read(() => this.decoder.decode(chunk, { stream: true }));
  }

  /** Why it is not taken; undefined: it is. */
  end(): string | undefined {
    this.read(() => this.decoder.decode());
    if (!this.isText) return 'must be an image, PDF, office document, zip, audio, video, or text in UTF-8';
    return MARKUP_OR_SCRIPT.test(this.start) ? 'must not be HTML, SVG, XML or a script' : undefined;
  }

  private read(decode: () => string): void {
    if (!this.isText) return;
    try {
      const text = decode();
      this.isText = !BINARY.test(text);
      if (this.start.length < 2) this.start = (this.start + text).trimStart().slice(0, 2);
    } catch {
      this.isText = false; // not UTF-8
    }
  }
}
