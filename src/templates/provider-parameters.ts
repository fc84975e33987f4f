import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { bindVariables, pointerTo, type VariableSpec } from './variables';

/**
 * Values for a template that the provider keeps, all as text. Throws Problem 422 for a missing one, one that is no text, and
 * on WhatsApp for what its parameters may not hold.
 */
export function providerParameters(
  channelType: ChannelType,
  specs: readonly VariableSpec[],
  given: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const faults: FieldError[] = [];
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(bindVariables(specs, given))) {
    if (value === null) continue;
    const text = typeof value === 'object' ? undefined : String(value as string | number | boolean);
    const fault =
      text === undefined ? 'must be text, because the provider writes it' : PARAMETER_FAULTS[channelType]?.(text);
    if (fault) faults.push({ pointer: pointerTo([name]), message: fault });
    parameters[name] = text ?? '';
  }
  if (faults.length) throw Problem.invalidFields(faults);
  return parameters;
}

const PARAMETER_FAULTS: Readonly<Partial<Record<ChannelType, (text: string) => string | undefined>>> = {
  // Cloud API error 132005 and 132018: parameters too long, or with new lines, tabs or more than four spaces in a row.
  WHATSAPP: (text) => {
    if (/[\n\r\t]| {5}/.test(text)) return 'must not have line breaks, tabs or more than 4 spaces in a row on WhatsApp';
    return text.length > 1024 ? 'must have at most 1024 characters on WhatsApp' : undefined;
  },
};
