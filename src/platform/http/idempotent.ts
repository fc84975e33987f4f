import { SetMetadata } from '@nestjs/common';

export const IDEMPOTENT = 'carillon:idempotent';

/** Lets a route that creates something honour the Idempotency-Key header. */
export const Idempotent = (): MethodDecorator => SetMetadata(IDEMPOTENT, true);
