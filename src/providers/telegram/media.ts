import { basename, extname } from 'node:path/posix';
import { faultOfNoAnswer } from '../faults';
import { textOf } from '../json';
import type { Account, Fault, MediaResult, ProviderIo } from '../provider';
import { ask } from './ask';
import { addressOf } from './client';
import type { TelegramCredentials } from './credentials';
import { faultOfAnswer, withoutToken } from './errors';
import { objectOf } from './exact-json';

/** Bots may download 20 MB (Bot API, getFile). */
const MAX_BYTES = 20 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Telegram serves most files without a type; those that people send by extension. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.oga': 'audio/ogg',
  '.ogg': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.pdf': 'application/pdf',
};

const ANY_TYPE = 'application/octet-stream';

/** getFile names where the file lies for the next hour; its address has the token in it, so the bytes are fetched here. */
export async function fetchMedia(
  ref: string,
  account: Account<TelegramCredentials>,
  io: ProviderIo,
): Promise<MediaResult> {
  const asked = await ask((bot) => bot.getFile(ref), account, io);
  if ('fault' in asked) return { ok: false, fault: asked.fault };
  const path = textOf(objectOf(asked.answer, 'result'), 'file_path');
  if (path === undefined || !isRelative(path)) return { ok: false, fault: NO_PATH };

  const url = addressOf(account, path.split('/').map(encodeURIComponent).join('/'), '/file');
  const answer = await io.http({ method: 'GET', url, maxAnswerBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS });
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: withoutToken(faultOfNoAnswer(answer), account) };
  if (answer.status !== 200) return { ok: false, fault: faultOfAnswer(answer, account) };
  const filename = basename(path);
  return { ok: true, contentType: typeOf(filename, answer.headers['content-type']), filename, content: answer.body };
}

/** A Bot API server of one's own may name a file of its own disk; a path that climbs is nobody's. */
function isRelative(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !path.includes('\\');
}

const NO_PATH: Fault = {
  class: 'config',
  code: 'no_file_path',
  message: 'Telegram named no path below its address where the file can be fetched.',
};

function typeOf(filename: string, served: string | undefined): string {
  const type = served?.split(';')[0]?.trim();
  if (type && type !== ANY_TYPE) return type;
  return CONTENT_TYPES[extname(filename).toLowerCase()] ?? ANY_TYPE;
}
