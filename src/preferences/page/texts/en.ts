import type { PageTexts } from './page-texts';

export const en: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Your messages from {sender}',
    who: 'These settings are for {address} ({channel}).',
    unsubscribe: 'Unsubscribe',
    unsubscribeHint: 'One press is enough. You need no account and no password.',
    stopTopic: 'Stop “{topic}”',
    stopAll: 'Stop all advertising',
    topics: 'What you want to hear about',
    topicsHint: 'Tick what {sender} may send you.',
    alwaysOn: 'Always on, because you need these messages, for example about an order or your account.',
    levels: 'How much may come',
    chosen: { label: 'All messages', hint: 'Advertising too, as far as you have ticked it above.' },
    noMarketing: { label: 'No advertising', hint: 'Only what concerns you: orders, appointments, your account.' },
    nothing: { label: 'No messages at all', hint: 'Not even confirmations or security codes.' },
    save: 'Save',
    help: 'This link is only for you. Whoever has it can change these settings, so do not pass it on.',
  },
  done: {
    saved: 'Saved. What you see below is now in force.',
    stoppedTopic: 'You are unsubscribed: no more “{topic}” to this address.',
    stoppedAll: 'You are unsubscribed: no more advertising to this address.',
    onItsWay: 'A message that is already on its way may still arrive.',
    confirmed: 'Thank you, this is confirmed.',
    alreadyConfirmed: 'This link was used before. Nothing was changed.',
  },
  locks: {
    complained: 'You reported a message as unwanted, so nothing is sent to this address.',
    bounced: 'Messages to this address came back, so nothing is sent to it.',
    stopped: '{sender} sends nothing to this address. Please contact {sender} to change that.',
    noMarketing: '{sender} sends no advertising to this address. Please contact {sender} to change that.',
  },
  confirm: {
    title: 'Please confirm',
    topic: 'Do you want to get “{topic}” from {sender} at {address} ({channel})?',
    all: 'Do you want to get news and offers from {sender} at {address} ({channel})?',
    yes: 'Yes, I want this',
    ignore: 'If you did not ask for this, close this page: then nothing happens.',
  },
  faults: {
    unknown: {
      title: 'This link does not work',
      text: 'It is not complete, or it has expired. Open it again from the message, or ask the sender.',
    },
    invalid: {
      title: 'We could not read that',
      text: 'Nothing was changed. Please open the link from your message again.',
    },
    busy: { title: 'Too many requests', text: 'Nothing was changed. Please try again in a minute.' },
    fault: { title: 'Something went wrong', text: 'Nothing was changed. Please try again later.' },
  },
  mail: {
    subject: 'Please confirm: messages from {sender}',
    topic: 'Somebody asked us to send “{topic}” from {sender} to this address. Do you want that? Then confirm it here:',
    all: 'Somebody asked us to send news and offers from {sender} to this address. Do you want that? Then confirm it here:',
    ignore: 'If you did not ask for this, ignore this message: then you will get nothing.',
  },
};
