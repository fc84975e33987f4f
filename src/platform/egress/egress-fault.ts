/**
 * Why an address of a tenant's choice gave nothing. `not_allowed`: we do not go there; `too_large`, `timeout`; `unreachable`:
 * no whole answer came; `type`: an answer that we do not take.
 */
export type EgressFaultClass = 'not_allowed' | 'too_large' | 'timeout' | 'unreachable' | 'type';

/** The message is for the tenant: it says nothing of what lies behind an address, and holds nothing of an answer. */
export class EgressFault extends Error {
  override readonly name = 'EgressFault';

  constructor(
    readonly why: EgressFaultClass,
    message: string,
  ) {
    super(message);
  }
}
