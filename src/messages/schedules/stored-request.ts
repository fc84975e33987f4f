import type { MessageBodyDto, SendMessageDto } from '../accept/message.dto';

/** What a recurring schedule keeps of the request it came with: all that is asked anew each time. */
export type StoredRequest = Omit<
  SendMessageDto,
  'to' | 'contactId' | 'scheduledAt' | 'timezone' | 'recurrence' | 'graceSeconds' | 'expiresAt'
>;

/** To whom; kept apart from the words, where the person can be found and forgotten. */
export interface StoredRecipient {
  to: string | null;
  contactId: string | null;
}

/** The part of a request that a schedule keeps. */
export function storedRequest(input: SendMessageDto): StoredRequest {
  const { to, contactId, scheduledAt, timezone, recurrence, graceSeconds, expiresAt, ...request } = input;
  return request;
}

/** A request as it would be made now. */
export function requestNow(request: StoredRequest, { to, contactId }: StoredRecipient): SendMessageDto {
  return { ...request, ...(contactId === null ? to !== null && { to } : { contactId }) };
}

/** A request with other words: content takes the place of a template, and a template that of content. */
export function withWords(request: StoredRequest, words: MessageBodyDto): StoredRequest {
  const { content, messageType, templateId, templateName, language, variables, ...rest } = request;
  const hasTemplate = words.templateId !== undefined || words.templateName !== undefined;
  if (words.content !== undefined) return { ...rest, ...words };
  if (hasTemplate) return { ...rest, ...(variables && { variables }), ...(language && { language }), ...words };
  return { ...request, ...words };
}
