import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Every fault of every operation has one shape (RFC 9457). */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Page about this kind of fault' },
    title: { type: 'string', description: 'The kind of fault in words' },
    status: { type: 'integer', description: 'HTTP status' },
    detail: { type: 'string', description: 'What went wrong this time' },
    instance: { type: 'string', description: 'Path of the request' },
    code: { type: 'string', description: 'Stable name of the kind of fault; docs/errors.md lists them' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer to the field' },
          message: { type: 'string' },
        },
      },
    },
    traceId: { type: 'string', description: 'Finds the request in the log' },
  },
};

/** Adds what is the same for every operation, so that no controller has to say it: the problem answer, and who needs no key. */
export function completeDocument(document: OpenAPIObject, isPublic: (path: string) => boolean): OpenAPIObject {
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } };
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) if (item[method]) completeOperation(item[method], isPublic(path));
  return document;
}

function completeOperation(operation: Operation, isPublic: boolean): void {
  operation.responses['default'] = {
    description: 'A problem (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  if (isPublic) operation.security = [];
}
