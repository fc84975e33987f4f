import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../platform/http/caller';
import { Callers } from './sign-in/callers';
import { IssuerKeys } from './sign-in/issuer-keys';
import { KeyAuthenticator } from './sign-in/key-authenticator';
import { TokenAuthenticator } from './sign-in/token-authenticator';

/** Who calls. Global, because the guard in front of every route asks it. */
@Global()
@Module({
  providers: [
    KeyAuthenticator,
    TokenAuthenticator,
    IssuerKeys,
    Callers,
    { provide: Authenticator, useExisting: Callers },
  ],
  exports: [Callers, Authenticator],
})
export class TenantsModule {}
