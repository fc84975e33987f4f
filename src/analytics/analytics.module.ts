import { Module } from '@nestjs/common';
import { RollUps } from './roll-ups';
import { StatsController } from './stats.controller';
import { StatsService } from './stats.service';

@Module({
  controllers: [StatsController],
  providers: [StatsService, RollUps],
})
export class AnalyticsModule {}
