import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { RollUps } from './roll-ups';
import { SendTimeController } from './send-time.controller';
import { SendTimeService } from './send-time.service';
import { StatsController } from './stats.controller';
import { StatsService } from './stats.service';

@Module({
  imports: [ContactsModule],
  controllers: [StatsController, SendTimeController],
  providers: [StatsService, SendTimeService, RollUps],
})
export class AnalyticsModule {}
