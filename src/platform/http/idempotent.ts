import { UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** Lets a route that creates something honour the Idempotency-Key header. */
export const Idempotent = (): MethodDecorator => UseInterceptors(IdempotencyInterceptor);
