import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../platform/http/caller';
import { KeyAuthenticator } from './key-authenticator';

/** Who calls. Global, because the guard in front of every route asks it. */
@Global()
@Module({
  providers: [KeyAuthenticator, { provide: Authenticator, useExisting: KeyAuthenticator }],
  exports: [KeyAuthenticator, Authenticator],
})
export class TenantsModule {}
