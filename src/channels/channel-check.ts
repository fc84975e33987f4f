import { Problem, type FieldError } from '../platform/http/problem';
import type { Provider } from '../providers/provider';
import { checkCredentials, findProvider } from '../providers/registry';
import type { CreateChannelDto } from './channel.dto';

const MOST_SETTINGS_CHARACTERS = 10_000;

/** The provider of a channel that is to be stored. Throws Problem 422 naming every field that the provider does not accept. */
export function checkChannel(input: CreateChannelDto): Provider {
  const provider = findProvider(input.providerType);
  if (!provider) throw Problem.invalidField('/providerType', 'is not a provider; GET /providers lists them');
  const faults = [...checkCredentials(provider, input.credentials ?? {}), ...channelFaults(provider, input)];
  if (faults.length) throw Problem.invalidFields(faults);
  return provider;
}

function channelFaults(provider: Provider, { channelType, from, settings }: CreateChannelDto): FieldError[] {
  const capabilities = provider.channels[channelType];
  if (!capabilities)
    return [
      {
        pointer: '/channelType',
        message: `${provider.label} carries ${Object.keys(provider.channels).join(', ')} only`,
      },
    ];
  const faults: FieldError[] = [];
  if (!new RegExp(`^(?:${capabilities.fromPattern})$`).test(from))
    faults.push({ pointer: '/from', message: `is not a sender that ${provider.label} accepts for ${channelType}` });
  if (JSON.stringify(settings ?? {}).length > MOST_SETTINGS_CHARACTERS)
    faults.push({ pointer: '/settings', message: `must be at most ${MOST_SETTINGS_CHARACTERS} characters of JSON` });
  return faults;
}
