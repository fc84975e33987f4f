import { IsUuid } from './fields';

/** The id in a path. Anything but a canonical UUID is answered like an id that does not exist: 404. */
export class IdParam {
  @IsUuid()
  id: string;
}
