import { Module } from '@nestjs/common';
import { Figures } from './figures';
import { HealthController } from './health.controller';
import { Readiness } from './readiness';

@Module({ controllers: [HealthController], providers: [Readiness, Figures] })
export class HealthModule {}
