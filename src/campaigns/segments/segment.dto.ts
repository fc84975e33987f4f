import { IsIn, IsObject } from 'class-validator';
import { IsPlainText } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';

export class CreateSegmentDto {
  /** Name that people know it by; unique in the tenant. */
  @IsPlainText(100)
  name: string;

  /**
   * Whom it is about: `{ all: [...] }`, `{ any: [...] }`, `{ not: ... }`, or a condition such as
   * `{ field: "attributes.plan", op: "eq", value: "gold" }`. At most 6 deep and 100 in all.
   */
  @IsObject()
  segment: Record<string, unknown>;
}

export class UpdateSegmentDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** Replaces whom it is about. */
  @IfGiven()
  @IsObject()
  segment?: Record<string, unknown>;
}

export class PreviewSegmentDto {
  /** Whom it is about, as in `POST /segments`. */
  @IsObject()
  segment: Record<string, unknown>;

  /** Channel type on which they are to be reached. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;
}
