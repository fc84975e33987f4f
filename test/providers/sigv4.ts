import { createHash, createHmac } from 'node:crypto';

/** A request as it arrived. */
export interface SignedRequest {
  method: string;
  path: string;
  query?: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, unknown>>;
  /** Undefined where the bytes are not at hand: then the hash in the header is believed. */
  body?: string | Buffer;
}

export interface Signer {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  service: string;
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * What is wrong with the Signature Version 4 of a request, computed anew from AWS's description of it (IAM User Guide,
 * "Create a signed AWS API request"); empty when it is right.
 */
export function signatureFaults(
  request: SignedRequest,
  { accessKeyId, secretAccessKey, region, service }: Signer,
): string[] {
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/(.+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    );
  if (!match) return ['authorization is not AWS4-HMAC-SHA256'];
  const [, key, date = '', scope, names = '', signature] = match;
  const time = header('x-amz-date');
  const payload = request.body === undefined ? header('x-amz-content-sha256') : sha256(request.body);

  const signed = names.split(';');
  const canonical = [
    request.method,
    request.path,
    new URLSearchParams(request.query as Record<string, string>).toString(),
    ...signed.map((name) => `${name}:${header(name).replace(/ +/g, ' ')}`),
    '',
    names,
    payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const signingKey = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, date));

  const faults: [isFault: boolean, text: string][] = [
    [key !== accessKeyId, 'another access key'],
    [scope !== `${region}/${service}/aws4_request`, `another scope: ${scope}`],
    [!time.startsWith(date), 'the date is not that of x-amz-date'],
    [!signed.includes('host') || !signed.includes('x-amz-date'), `host or time is not signed: ${names}`],
    [hmac(signingKey, text).toString('hex') !== signature, 'the signature does not match'],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}
