import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { EventsModule } from '../events/events.module';
import { SessionsModule } from '../sessions/sessions.module';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';
import { DeliveriesWorker } from './deliveries-worker';
import { DeliveryAttempt } from './delivery-attempt';
import { DeliveryCall } from './delivery-call';
import { DeliveryConsumer } from './delivery-consumer';
import { EndpointSecrets } from './endpoint-secrets';
import { EventData } from './event-data';
import { WebhookEndpointsController } from './webhook-endpoints.controller';
import { WebhookEndpointsService } from './webhook-endpoints.service';

@Module({
  imports: [ContactsModule, SessionsModule, EventsModule],
  controllers: [WebhookEndpointsController, DeliveriesController],
  providers: [
    WebhookEndpointsService,
    DeliveriesService,
    DeliveriesWorker,
    DeliveryAttempt,
    DeliveryCall,
    DeliveryConsumer,
    EndpointSecrets,
    EventData,
  ],
  exports: [EndpointSecrets],
})
export class WebhookEndpointsModule {}
