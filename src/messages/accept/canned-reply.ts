import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import type { CannedRepliesService } from '../../sessions/canned-replies/canned-replies.service';
import { usesTemplate } from './compose';
import type { MessageBodyDto, ReplyDto } from './message.dto';

/**
 * An answer with the words of its canned reply, filled in for the contact of the conversation. Throws Problem 404 for no such
 * reply, 422 for words beside it and naming values that are missing.
 */
export async function withCannedReply(
  replies: CannedRepliesService,
  { tenantId }: Caller,
  { contactId }: { contactId: string },
  input: ReplyDto,
): Promise<MessageBodyDto> {
  const { cannedReplyId: id, ...body } = input;
  if (id === undefined) return body;
  if (usesTemplate(body) || body.content?.text !== undefined || body.content?.html !== undefined)
    throw Problem.invalidField('/cannedReplyId', 'goes in the place of a template, content.text and content.html');
  const { variables = {}, content = {}, ...others } = body;
  const text = await replies.textFor(tenantId, { id, contactId }, variables);
  return { ...others, content: { ...content, text } };
}
