/** Where in an S3-compatible storage our files lie. */
export interface S3Place {
  bucket: string;
  /** Empty, or what stands before each key, with a slash at its end. */
  prefix: string;
  region: string;
  /** Of another server than AWS. */
  endpoint?: string;
  /** `https://server/bucket` instead of `https://bucket.server`. */
  pathStyle: boolean;
}

/** Reads `s3://bucket/prefix?region=…&endpoint=…&pathStyle=true`, of which config.ts has seen that it is well-formed. */
export function s3PlaceOf(storageUrl: string): S3Place {
  const url = new URL(storageUrl);
  const folder = url.pathname.replace(/^\/+|\/+$/g, '');
  const endpoint = url.searchParams.get('endpoint');
  return {
    bucket: url.hostname,
    prefix: folder ? `${folder}/` : '',
    region: url.searchParams.get('region') ?? 'us-east-1',
    pathStyle: url.searchParams.get('pathStyle') === 'true',
    ...(endpoint && { endpoint }),
  };
}
