import { addressOf } from '../lab/stage.mjs';

/** Body of POST /messages as an application would send it: ten fields. */
export function message(recipient) {
  return JSON.stringify({
    channelType: 'EMAIL',
    to: addressOf('EMAIL', recipient),
    messageType: 'TEXT',
    content: {
      subject: `Order ${100_000 + recipient}`,
      text: `Your order ${100_000 + recipient} has left our warehouse.`,
    },
    purpose: 'TRANSACTIONAL',
    topic: 'order_shipped',
    lane: 'transactional',
    clientReference: `order-${recipient}`,
    metadata: { orderId: recipient, shop: 'north' },
  });
}
