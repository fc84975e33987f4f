import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config';
import { DiskStorage } from './disk-storage';
import { s3PlaceOf } from './s3-place';
import type * as S3 from './s3-storage';
import type { Storage } from './storage';

type StorageConfig = Pick<Config, 'STORAGE_URL' | 'DATA_DIR' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'>;

/** The storage that the operator chose; nothing is touched before its `check`. */
export function storageOf({
  STORAGE_URL: url,
  DATA_DIR,
  S3_ACCESS_KEY_ID: accessKeyId = '',
  S3_SECRET_ACCESS_KEY: secretAccessKey = '',
}: StorageConfig): Storage {
  if (url === undefined) return new DiskStorage(resolve(join(DATA_DIR, 'files')), 'DATA_DIR');
  if (url.startsWith('file:')) return new DiskStorage(fileURLToPath(url), 'STORAGE_URL');
  // The SDK is large, and most installations never need it.
  const { S3Storage } = require('./s3-storage') as typeof S3;
  return new S3Storage(s3PlaceOf(url), { accessKeyId, secretAccessKey });
}
