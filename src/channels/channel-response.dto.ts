import { PageInfo } from '../platform/http/page-info.dto';

export class RateLimitView {
  /** Most messages a second. */
  perSecond: number;
}

export class ChannelResponse {
  id: string;
  name: string;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  providerType: string;
  /** Sender. */
  from: string;
  /** ACTIVE, DISABLED or SUSPENDED. */
  status: string;
  /** Why it is not ACTIVE; credentials_unreadable when they have to be given anew. */
  statusReason: string | null;
  isDefault: boolean;
  /** Which credentials are set; of secrets the last four characters at most. */
  credentials: Record<string, object>;
  rateLimit: RateLimitView | null;
  settings: Record<string, unknown>;
  /** Address to give to the provider for its call-backs. */
  webhookUrl: string;
  /** When the provider last accepted the credentials. */
  verifiedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export class ChannelPage {
  data: ChannelResponse[];
  page: PageInfo;
}

export class CredentialFieldView {
  name: string;
  label: string;
  /** Whole-string regular expression, without anchors. */
  pattern: string;
  /** Never shown again once it is stored. */
  secret: boolean;
  required: boolean;
  /** Closed choice instead of free text. */
  options?: string[];
}

export class ProviderDescription {
  type: string;
  label: string;
  channelTypes: string[];
  /** What `credentials` of a channel must hold. */
  credentials: CredentialFieldView[];
  /** What the provider can express, by channel type. */
  channels: Record<string, object>;
}

export class ProviderList {
  data: ProviderDescription[];
}

export class ChannelVerificationView {
  /** Whether the provider accepted the credentials. */
  verified: boolean;
  /** The provider's code for its refusal. */
  code: string | null;
  /** The refusal in words. */
  detail: string | null;
  /** When the credentials last worked. */
  verifiedAt: string | null;
}
