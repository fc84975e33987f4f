import type { Kit } from '../kit';
import { sandbox } from './sandbox';
import { sendgrid } from './sendgrid';
import { twilio } from './twilio';

/** By the type of the provider. */
export const KITS: Readonly<Record<string, Kit>> = { sandbox, sendgrid, twilio };
