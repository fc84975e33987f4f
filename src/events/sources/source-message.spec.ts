import { readSourceMessage } from './source-message';

const ORDER = {
  userId: 'user-123',
  notificationType: 'order_status_update',
  recipientEmail: 'customer@example.com',
  orderData: { orderId: 'order-456', status: 'SHIPPED' },
};
const read = (message: unknown, sourceId = 'sqs:1') =>
  readSourceMessage({ body: typeof message === 'string' ? message : JSON.stringify(message), sourceId });
const wrapped = (message: unknown) => ({
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders',
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: '2026-01-02T03:04:05.000Z',
});
const idOf = (message: unknown, sourceId?: string) => {
  const said = read(message, sourceId);
  return said.kind === 'UNREADABLE' ? said : said.eventId;
};

describe('readSourceMessage', () => {
  it('reads an order message, bare or in the envelope of SNS', () => {
    expect(read(ORDER)).toMatchObject({ kind: 'NOTIFICATION', type: 'order_status_update', data: ORDER, at: null });
    expect(read(wrapped(ORDER))).toMatchObject({ data: ORDER, at: new Date('2026-01-02T03:04:05.000Z') });
  });

  it('knows an order message by what it says, however often and by whichever way it comes', () => {
    const id = idOf(ORDER);
    expect([idOf(ORDER, 'sqs:2'), idOf(wrapped(ORDER)), idOf({ ...ORDER, recipientEmail: 'b@example.com' })]).toEqual([
      id,
      id,
      id,
    ]);
    const others = [
      { ...ORDER, userId: 'user-124' },
      { ...ORDER, notificationType: 'order_confirmation' },
      { ...ORDER, orderData: { ...ORDER.orderData, orderId: 'order-457' } },
      { ...ORDER, orderData: { ...ORDER.orderData, status: 'DELIVERED' } },
    ].map((message) => idOf(message));
    expect(new Set([id, ...others]).size).toBe(5);
    expect(id).not.toContain('user-123');
  });

  it('takes a message’s own eventId before everything, and the source’s id where nothing better is there', () => {
    expect(idOf({ ...ORDER, eventId: 'mine' })).toBe('mine');
    const promotional = { userId: 'u', notificationType: 'promotional' };
    expect(idOf(promotional, 'kafka:orders-0-7')).toBe('kafka:orders-0-7');
    expect(idOf(wrapped(promotional))).toBe('sns:m-1');
  });

  it('takes what POST /events takes', () => {
    const event = { name: 'order.paid', contact: { externalId: 'u' }, payload: { total: 3 } };
    expect(read(event, 'sqs:9')).toMatchObject({ kind: 'EVENT', input: event, eventId: 'sqs:9' });
  });

  it.each([
    ['invalid_json', 'not json'],
    ['invalid_json', '[]'],
    ['invalid_json', '{"a":"\\u0000"}'],
    ['invalid_json', wrapped('not json')],
    ['too_large: more than 65536 bytes', { ...ORDER, filler: 'x'.repeat(65_536) }],
    ['missing_field: notificationType, or name', { userId: 'u' }],
    ['invalid_field: notificationType', { ...ORDER, notificationType: 'message.failed' }],
    ['invalid_field: notificationType', { ...ORDER, notificationType: 7 }],
    ['missing_field: userId, or recipientEmail, or recipientPhone, or contactId', { notificationType: 'promotional' }],
    ['invalid_field: recipientPhone', { ...ORDER, recipientPhone: 4 }],
    ['missing_field: orderData', { ...ORDER, orderData: undefined }],
    ['invalid_field: orderData', { ...ORDER, orderData: [] }],
    ['missing_field: orderData.orderId', { ...ORDER, orderData: {} }],
    ['invalid_field: eventId', { ...ORDER, eventId: {} }],
    ['invalid_field: name', { name: 'contact.created' }],
    ['invalid_field: extra', { name: 'a', extra: 1 }],
    ['invalid_field: payload', { name: 'a', payload: 'text' }],
  ])('says %s of what it cannot read', (reason, message) => {
    expect(read(message)).toEqual({ kind: 'UNREADABLE', reason });
  });

  it('reads what nobody acts on all the same', () => {
    expect(read({ userId: 'u', notificationType: 'something_else' })).toMatchObject({ kind: 'NOTIFICATION' });
  });
});
