import type { Content } from '../providers/provider';
import { providerParameters } from './provider-parameters';
import { renderTemplate } from './render';
import type { FoundTemplate } from './template-lookup';

/** A template with its values, as a message carries it. */
export interface ComposedTemplate {
  content: Content;
  templateId: string;
  templateVersion: number;
}

/** Throws Problem 422 naming the variables that are missing or cannot be written. */
export function composeTemplate(
  { template, compiled }: FoundTemplate,
  variables: Readonly<Record<string, unknown>>,
): ComposedTemplate {
  const { channelType, providerTemplateName, language } = template;
  const content: Content =
    providerTemplateName === null
      ? renderTemplate(compiled, variables)
      : {
          template: {
            name: providerTemplateName,
            language,
            variables: providerParameters(channelType, template.variables, variables),
          },
        };
  return { content, templateId: template.id, templateVersion: template.version };
}
