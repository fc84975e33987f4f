import type { Caller } from '../../platform/http/caller';

/** What a user may do on one channel type; null: on every one. */
export interface Grant {
  channelType: string | null;
  actions: readonly string[];
}

/** It has no channel type: whoever may give permissions on one could give them on all. */
const WHOLE_OR_NOT_AT_ALL = ['access:manage'];

/** What a user's grants come to; `scopes` are those of the key that acts for the user, `*` where there is no key. */
export function rightsOf(grants: readonly Grant[], scopes: readonly string[]): Pick<Caller, 'scopes' | 'partly'> {
  const within = (action: string) => scopes.includes('*') || scopes.includes(action);
  const everywhere = new Set<string>();
  const partly: Record<string, string[]> = {};
  for (const { channelType, actions } of grants)
    for (const action of actions.filter(within)) {
      if (channelType === null) everywhere.add(action);
      else if (!WHOLE_OR_NOT_AT_ALL.includes(action)) (partly[action] ??= []).push(channelType);
    }
  return { scopes: [...everywhere], partly };
}
