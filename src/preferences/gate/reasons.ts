import type { GateVerdict } from './gate';

/** What a verdict means for a message, in stable codes and in words. */
export const GATE_REASONS: Readonly<
  Record<Exclude<GateVerdict, 'GO'>, { code: string; detail: string; remedy: string }>
> = {
  SUPPRESSED: {
    code: 'suppressed',
    detail: 'The address is on the suppression list of this channel type.',
    remedy:
      'What the person said only the person takes back; any other suppression can be lifted (DELETE /suppressions/{id}).',
  },
  DO_NOT_CONTACT: {
    code: 'do_not_contact',
    detail: 'The contact asked not to be contacted.',
    remedy: 'Only with the person’s word: set doNotContact to false in the preferences of the contact.',
  },
  OPTED_OUT: {
    code: 'opted_out',
    detail: 'The contact switched off this channel, purpose or topic.',
    remedy: 'Send it on another channel; or the person switches it on again.',
  },
  NOT_OPTED_IN: {
    code: 'not_opted_in',
    detail: 'The topic is off until a person switches it on, and this one did not.',
    remedy: 'Ask the person to opt in (POST /contacts/{id}/opt-in-requests), or change the default of the topic.',
  },
  FREQUENCY_CAPPED: {
    code: 'frequency_capped',
    detail: 'The contact got as many messages lately as the tenant allows.',
    remedy: 'Retry it later, or raise the cap (PATCH /consent-settings).',
  },
  QUIET_HOURS: {
    code: 'quiet_hours',
    detail: 'The contact asked not to be disturbed now; it goes when the quiet hours are over.',
    remedy: 'Nothing to do. What must not wait belongs to a critical topic or to the otp lane.',
  },
};
