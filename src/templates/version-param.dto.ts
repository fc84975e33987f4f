import { Matches } from 'class-validator';
import { IdParam } from '../platform/http/id-param';

const VERSION = /^[1-9]\d{0,8}$/;

/** A version of a template in a path. */
export class VersionParam extends IdParam {
  @Matches(VERSION)
  version: string;
}

/** Two versions of a template in a path. */
export class VersionsParam extends VersionParam {
  @Matches(VERSION)
  other: string;
}
