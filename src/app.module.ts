import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AnalyticsModule } from './analytics/analytics.module';
import { AutomationModule } from './automation/automation.module';
import { NotificationsModule } from './automation/notifications/notifications.module';
import { CampaignsModule } from './campaigns/campaigns.module';
import { ChannelsModule } from './channels/channels.module';
import { ContactsModule } from './contacts/contacts.module';
import { EventSourcesModule } from './events/sources/event-sources.module';
import { EventsModule } from './events/events.module';
import { EventStreamsModule } from './event-streams/event-streams.module';
import { HealthModule } from './health/health.module';
import { MessagesModule } from './messages/messages.module';
import { PeopleModule } from './people/people.module';
import { PermissionsModule } from './permissions/permissions.module';
import { PersonalDataInterceptor } from './permissions/personal-data/personal-data.interceptor';
import { AuthGuard } from './platform/http/auth.guard';
import { ChannelTypeInterceptor } from './platform/http/channel-type.interceptor';
import { ProblemFilter } from './platform/http/problem.filter';
import { validationPipe } from './platform/http/validation';
import { log } from './platform/log';
import { PlatformModule, type Resources } from './platform/platform.module';
import { PreferencesModule } from './preferences/preferences.module';
import { SandboxModule, SandboxOutboxModule } from './sandbox/sandbox.module';
import { SessionsModule } from './sessions/sessions.module';
import { TemplatesModule } from './templates/templates.module';
import { TenantsModule } from './tenants/tenants.module';
import { WebhookEndpointsModule } from './webhook-endpoints/webhook-endpoints.module';
import { TrackingModule } from './tracking/tracking.module';
import { WebhooksModule } from './webhooks/webhooks.module';
import { WorkerModule } from './worker.module';

/** The table of contents. */
@Module({})
export class AppModule {
  static with(resources: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(resources),
        TenantsModule,
        PermissionsModule,
        ChannelsModule,
        ContactsModule,
        PreferencesModule,
        TemplatesModule,
        EventsModule,
        EventSourcesModule,
        SessionsModule,
        MessagesModule,
        TrackingModule,
        CampaignsModule,
        AutomationModule,
        NotificationsModule,
        WebhooksModule,
        WebhookEndpointsModule,
        EventStreamsModule,
        SandboxOutboxModule,
        SandboxModule,
        AnalyticsModule,
        PeopleModule,
        HealthModule,
        WorkerModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_INTERCEPTOR, useClass: PersonalDataInterceptor }, // around all others: it sees what goes out
        { provide: APP_INTERCEPTOR, useClass: ChannelTypeInterceptor },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useFactory: () => new ProblemFilter(log) },
      ],
    };
  }
}
