import { safeMessage } from '../faults';
import { isJsonObject, readJsonObject, textOf } from '../json';
import type { Fault, FaultClass } from '../provider';
import { secretsOf, type HttpGatewayCredentials } from './credentials';

/** A gateway's own codes are its own, so only the status counts. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'config',
  405: 'config',
  410: 'config',
  413: 'content',
  415: 'config',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/** The fault that an answer means, in the gateway's words where it has any; a status that nobody listed is ambiguous. */
export function faultOfAnswer(status: number, body: Buffer, credentials: HttpGatewayCredentials): Fault {
  const answer = readJsonObject(body) ?? {};
  const error = isJsonObject(answer['error']) ? answer['error'] : {};
  const text = textOf(answer, 'message') ?? textOf(answer, 'error') ?? textOf(error, 'message') ?? `It said ${status}.`;
  return {
    class: STATUS_CLASSES[status] ?? 'ambiguous',
    code: `http_${status}`,
    message: safeMessage(text, secretsOf(credentials)),
  };
}
