import { CATALOGUE, type CatalogueRow } from './problem.catalogue';

/** The text of docs/errors.md, made from the catalogue. */
export function errorsPage(): string {
  const sections = Object.entries<CatalogueRow>(CATALOGUE).flatMap(([code, { status, title, meaning, remedy }]) => [
    `### ${code}`,
    '',
    `**${status}** ${title}. ${meaning}`,
    '',
    `What to do: ${remedy}`,
    '',
  ]);
  return [...INTRODUCTION, ...sections].join('\n');
}

const INTRODUCTION = [
  '# Errors',
  '',
  'Every error is answered as `application/problem+json` (RFC 9457). Decide on `code`, which never changes its meaning;',
  '`title` and `detail` are for people. `type` leads to its section below.',
  '',
  '```json',
  '{',
  '  "type": "https://github.com/carillon-messaging/carillon/blob/main/docs/errors.md#invalid_field",',
  '  "title": "A field is not valid",',
  '  "status": 422,',
  '  "detail": "One field is not valid.",',
  '  "instance": "/api/v1/communication/messages",',
  '  "code": "invalid_field",',
  '  "errors": [{ "pointer": "/content/media/url", "message": "must be a URL" }],',
  '  "traceId": "4bf92f3577b34da6a3ce929d0e0e4736"',
  '}',
  '```',
  '',
  'A `pointer` is a JSON pointer (RFC 6901) into the body, or `/query/<name>` for a parameter. The `traceId` is that of your',
  '`traceparent` header, or one made for the request; it finds the request in the server log. A response with `Retry-After`',
  'may be repeated unchanged after that many seconds, with the same `Idempotency-Key`.',
  '',
  'Before a request is refused with 422 nothing is stored, and nothing is stored under its `Idempotency-Key`.',
  '',
  '## Codes',
  '',
];
