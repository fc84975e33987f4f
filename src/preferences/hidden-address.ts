import type { Tx } from '../platform/db/tenant-db';

/** What remains of an address after erasure: enough to recognise it when it comes again, not to read it. */
export async function hiddenAddress(tx: Tx, channelType: string, address: string): Promise<string> {
  const [row] = await tx.query<{ hidden: string }>(
    `SELECT hidden_address(address_salt, $2, $3) AS hidden FROM tenant WHERE id = $1`,
    [tx.tenantId, channelType, address],
  );
  if (!row) throw new Error('A tenant is not there');
  return row.hidden;
}
