import type { Kit } from '../kit';
import { awsSes } from './aws-ses';
import { awsSns } from './aws-sns';
import { httpGateway } from './http-gateway';
import { mailgun } from './mailgun';
import { sandbox } from './sandbox';
import { sendgrid } from './sendgrid';
import { smtp } from './smtp';
import { telegram } from './telegram';
import { twilio } from './twilio';
import { vonage } from './vonage';
import { whatsapp } from './whatsapp';

/** By the type of the provider. */
export const KITS: Readonly<Record<string, Kit>> = {
  'aws-ses': awsSes,
  'aws-sns': awsSns,
  'http-gateway': httpGateway,
  mailgun,
  sandbox,
  sendgrid,
  smtp,
  telegram,
  twilio,
  vonage,
  whatsapp,
};
