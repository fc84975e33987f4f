import { IsIn, IsString, MaxLength } from 'class-validator';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { ContactParam, LONGEST_ADDRESS } from './contact.dto';

/** One address of a contact, in a path. */
export class IdentityParam extends ContactParam {
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;

  /** The address, however it is spelled. */
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  address: string;
}

export class AddIdentityDto {
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;

  /** Address under which the person is reached on it; stored in its one spelling. */
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  address: string;
}

export class IdentityResponse {
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  /** In its one spelling. */
  address: string;
  /** Since when the contact holds it, or an address in whose place it came. The first of a channel type is written to. */
  createdAt: string;
}

export class IdentityList {
  /** Those held longest first. */
  data: IdentityResponse[];
}
