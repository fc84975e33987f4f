import { CampaignMoney } from './campaign-response.dto';

export class EstimatedCount {
  /** Stable code: a reason of the gate, `no_address`, or a code of docs/errors.md. */
  code: string;
  /** The first field that is at fault, where one is. */
  pointer: string | null;
  count: number;
}

export class EstimatedRecipients {
  /** After those with the same address were merged. */
  total: number;
  /** Recipients of the request that were merged into another with the same address. */
  duplicates: number;
  /** Left out for good, such as a contact without an address for the channel type. */
  excluded: EstimatedCount[];
}

export class EstimateSample {
  /** For how many recipients the message was rendered and the gate asked: 200 at most, spread over all. */
  size: number;
  /** Of those, who would not get it as things are, by reason. */
  suppressed: EstimatedCount[];
  /** Of those, for whom the message cannot be made, by fault. */
  refused: EstimatedCount[];
}

export class EstimatedParts {
  /** Parts of the shortest message of the sample. */
  min: number;
  /** On average, of those of the sample that would go out. */
  avg: number;
  /** Parts of the longest message of the sample. */
  max: number;
  /** Of all recipients, extrapolated. */
  total: number;
  /** Messages of the sample in the GSM-7 alphabet. */
  gsm7: number;
  /** Messages of the sample with letters that GSM-7 does not have: 70 of them fill a part. */
  ucs2: number;
}

export class EstimatedCountry {
  /** ISO 3166-1, by the prefix of the number; null where it belongs to no single country. */
  country: string | null;
  recipients: number;
  cost: CampaignMoney[];
}

export class EstimatedCategory {
  /** MARKETING, UTILITY, AUTHENTICATION or SERVICE, or what the template says. */
  category: string;
  recipients: number;
}

export class EstimatedBudget {
  /** What is left of the budget of this month. */
  remaining: CampaignMoney;
  /** Whether that is enough; null where some of the cost is not known. Other currencies do not count against the budget. */
  suffices: boolean | null;
  /** Whether messages wait when it is not enough. */
  holds: boolean;
}

/** What a bulk send would cost. Nothing of it is stored, and nothing is sent. */
export class EstimateResponse {
  recipients: EstimatedRecipients;
  sample: EstimateSample;
  /** Of text messages; null on every other channel type. */
  parts: EstimatedParts | null;
  /** What WhatsApp would charge; empty on every other channel type. */
  categories: EstimatedCategory[];
  /** By the price table, one amount a currency. Who would be suppressed costs nothing. */
  cost: CampaignMoney[];
  /** The same by country, most recipients first; empty where addresses have none. */
  countries: EstimatedCountry[];
  /** Recipients for whom the price table has no price: what they cost is not in `cost`. */
  unpriced: number;
  /** Null without a budget. */
  budget: EstimatedBudget | null;
}
