import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module';
import { HitLedger } from './hit-ledger';
import { Hits } from './hits';
import { TrackController } from './track.controller';
import { TrackingSettingsController } from './tracking-settings.controller';
import { TrackingSettings } from './tracking-settings.service';

@Module({
  imports: [MessagesModule],
  controllers: [TrackController, TrackingSettingsController],
  providers: [Hits, HitLedger, TrackingSettings],
})
export class TrackingModule {}
