import { IsBoolean, IsOptional, Matches, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { IsPlainText } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { PageInfo } from '../../platform/http/page-info.dto';

/** The topic in a path. */
export class TopicParam {
  /** Lower-case letters, digits and _, at most 60. */
  @Matches(/^[a-z][a-z0-9_]{0,59}$/)
  name: string;
}

/** Whether people get the topic on a channel type before they ever said anything; true where left out. */
export class TopicDefaultsDto {
  @IfGiven()
  @IsBoolean()
  EMAIL?: boolean;

  @IfGiven()
  @IsBoolean()
  SMS?: boolean;

  @IfGiven()
  @IsBoolean()
  WHATSAPP?: boolean;

  @IfGiven()
  @IsBoolean()
  TELEGRAM?: boolean;
}

export class PutTopicDto {
  /** What people read on their preference page. */
  @IsPlainText(100)
  title: string;

  /** More about it, for people. */
  @IsOptional()
  @IsPlainText(500, { newlines: true })
  description?: string | null;

  /**
   * true: people cannot switch it off, and it passes caps and quiet hours; for what they must get, such as the confirmation of
   * an order. A person who wants nothing at all on an address still gets nothing. Left out: false.
   */
  @IfGiven()
  @IsBoolean()
  isCritical?: boolean;

  /** What holds for people who said nothing. A topic that is off by default goes only to those who opted in. */
  @IfGiven()
  @ValidateNested()
  @Type(() => TopicDefaultsDto)
  defaults?: TopicDefaultsDto;
}

export class TopicResponse {
  name: string;
  title: string;
  description: string | null;
  isCritical: boolean;
  /** By channel type; what is not named is on. */
  defaults: TopicDefaultsDto;
  createdAt: string;
  updatedAt: string;
}

export class TopicList {
  /** All of them, by name; there are at most 200. */
  data: TopicResponse[];
  page: PageInfo;
}
