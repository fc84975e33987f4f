const LONGEST_NAME = 200;
const LONGEST_EXTENSION = 16;
/** Control characters, and those that turn the writing direction: `invoice\u202Egpj.exe` reads as `invoiceexe.jpg`. */
const UNSEEN = /[\p{Control}\p{Format}\u2028\u2029]/gu;

/**
 * The name under which a file is kept and sent: no path, nothing invisible, no character that a file system reads as
 * something else, at most 200 characters with the extension kept. `file` when nothing is left.
 */
export function safeFilename(given: string): string {
  const base = given.split(/[\\/]/).at(-1) ?? '';
  const clean = base
    .normalize('NFC')
    .replace(UNSEEN, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  return shortened(clean) || 'file';
}

/** What stands behind the last dot, in lower case; empty when there is none. */
export function extensionOf(filename: string): string {
  return /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}

/** The Content-Disposition that saves the file under its name: ASCII for old clients, UTF-8 for the others (RFC 6266, 4.3). */
export function dispositionOf(filename: string): string {
  const ascii = filename.replace(/[^A-Za-z0-9 ._-]/g, '_');
  const utf8 = encodeURIComponent(filename).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}

function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= LONGEST_NAME) return name;
  const extension = [...extensionOf(name)];
  if (extension.length === 0 || extension.length > LONGEST_EXTENSION) return characters.slice(0, LONGEST_NAME).join('');
  const end = characters.slice(-extension.length - 1);
  return [...characters.slice(0, LONGEST_NAME - end.length), ...end].join('');
}
