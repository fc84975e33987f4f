import type { Kit } from '../kit';
import { awsSes } from './aws-ses';
import { awsSns } from './aws-sns';
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
  mailgun,
  sandbox,
  sendgrid,
  smtp,
  telegram,
  twilio,
  vonage,
  whatsapp,
};
