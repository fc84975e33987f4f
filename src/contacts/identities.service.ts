import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { normaliseAddress } from './address';
import { readAddress } from './contact-addresses';
import { contactRow, heldContact } from './contact-row';
import { identityView } from './contact.view';
import type { AddIdentityDto, IdentityList, IdentityResponse } from './identity.dto';
import { claimIdentity, freeIdentities, listIdentities } from './identity.queries';

const MOST_IDENTITIES = 50;

/** The addresses of a contact, any number for each channel type; each belongs to one contact of the tenant. */
@Injectable()
export class IdentitiesService {
  constructor(private readonly db: TenantDb) {}

  /** Those held longest first. Throws Problem 404. */
  list(caller: Caller, ref: string): Promise<IdentityList> {
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await contactRow(tx, ref);
      return { data: (await listIdentities(tx, id)).map(identityView) };
    });
  }

  /** One that the contact has already is answered as it is. Throws Problem 404, 422, 409 when another contact has it. */
  add(caller: Caller, ref: string, input: AddIdentityDto): Promise<{ identity: IdentityResponse; isNew: boolean }> {
    const { channelType } = input;
    const address = readAddress('/address', channelType, input.address);
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await heldContact(tx, ref);
      const before = await listIdentities(tx, id);
      const isNew = !before.some((held) => held.channelType === channelType && held.address === address);
      if (isNew && before.length >= MOST_IDENTITIES)
        throw Problem.invalidField('/address', `would be more than ${MOST_IDENTITIES} addresses of one contact`);
      if (!(await claimIdentity(tx, id, { channelType, address })))
        throw Problem.conflict('already_exists', 'Another contact has this address.');
      if (isNew) await audit(tx, caller, 'contact.identity_added', 'contact', id, { channelType });
      const after = await listIdentities(tx, id);
      const added = after.find((held) => held.channelType === channelType && held.address === address);
      if (!added) throw new Error('An address that was claimed is not there');
      return { identity: identityView(added), isNew };
    });
  }

  /** Frees the address for others; what was refused under it stays refused. Throws Problem 404. */
  remove(caller: Caller, ref: string, channelType: ChannelType, spelled: string): Promise<void> {
    const normalised = normaliseAddress(channelType, spelled);
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await heldContact(tx, ref);
      const held = (await listIdentities(tx, id)).find(
        (each) => each.channelType === channelType && (each.address === spelled || isThe(each.address, normalised)),
      );
      if (!held) throw Problem.notFound('address of the contact');
      await freeIdentities(tx, id, held);
      await audit(tx, caller, 'contact.identity_removed', 'contact', id, { channelType });
    });
  }
}

/** People may have written from senders that are no addresses (a short code, a name): those are kept, and removed, as they came. */
function isThe(address: string, normalised: ReturnType<typeof normaliseAddress>): boolean {
  return 'address' in normalised && normalised.address === address;
}
