export { sandbox } from './sandbox';
export { sendgrid } from './sendgrid';
export { twilio } from './twilio';
