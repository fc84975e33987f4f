import type { IncomingMessage } from 'node:http';
import { EgressFault } from '../../platform/egress/egress-fault';
import { collectBody } from '../../platform/http/collect-body';
import { Problem } from '../../platform/http/problem';
import { parseStrictJson } from '../../platform/http/strict-json';
import { validationPipe } from '../../platform/http/validation';
import { AttachByUrlDto } from './attachment.dto';

const LONGEST_BODY = 10_000;
const DEEPEST = 20;
const validation = validationPipe();

/** The JSON body of a request that nobody has touched. Throws Problem 400, 413, 422. */
export async function readAddress(request: IncomingMessage): Promise<AttachByUrlDto> {
  const body = parseStrictJson(await collectBody(request, LONGEST_BODY), { maxDepth: DEEPEST });
  return (await validation.transform(body, { type: 'body', metatype: AttachByUrlDto })) as AttachByUrlDto;
}

/** The name that an address suggests: the last part of its path. */
export function nameIn(address: string): string {
  const last = URL.canParse(address) ? (new URL(address).pathname.split('/').at(-1) ?? '') : '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** A fault of the way there as a fault of the field. */
export function faultOfAddress(error: unknown): unknown {
  return error instanceof EgressFault ? Problem.invalidField('/url', `${error.why}: ${error.message}`) : error;
}
