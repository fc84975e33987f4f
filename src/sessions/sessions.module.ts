import { Module } from '@nestjs/common';
import { TemplatesModule } from '../templates/templates.module';
import { CannedRepliesController } from './canned-replies/canned-replies.controller';
import { CannedRepliesService } from './canned-replies/canned-replies.service';
import { SessionClock } from './clock/session-clock';
import { SessionsController } from './sessions.controller';
import { SessionsService } from './sessions.service';
import { SessionSettingsController } from './settings/session-settings.controller';
import { SessionSettingsService } from './settings/session-settings.service';

@Module({
  imports: [TemplatesModule],
  controllers: [SessionsController, SessionSettingsController, CannedRepliesController],
  providers: [SessionsService, SessionSettingsService, SessionClock, CannedRepliesService],
  exports: [SessionsService, CannedRepliesService],
})
export class SessionsModule {}
