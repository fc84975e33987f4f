/** As shops publish them. */
export const CONFIRMATION = {
  userId: 'user-123',
  notificationType: 'order_confirmation',
  recipientEmail: 'customer@example.com',
  recipientPhone: '+14155550123',
  orderData: {
    orderId: 'order-456',
    customerName: 'John Doe',
    items: [{ name: 'Product A', quantity: 2, price: 29.99 }],
    totalAmount: 59.98,
    timestamp: 1702555200,
  },
};
export const SHIPPED = {
  userId: 'user-123',
  notificationType: 'order_status_update',
  recipientEmail: 'customer@example.com',
  recipientPhone: '+14155550123',
  orderData: { orderId: 'order-456', customerName: 'John Doe', status: 'SHIPPED', trackingNumber: 'TRACK123456' },
};

/** The same for somebody else. */
export const of = <T extends { orderData: object }>(message: T, user: string, order: Record<string, unknown> = {}) => ({
  ...message,
  userId: user,
  recipientEmail: `${user}@example.com`,
  recipientPhone: `+1415555${user.replace(/\D/g, '').padStart(4, '0')}`,
  orderData: { ...message.orderData, orderId: `order of ${user}`, ...order },
});
