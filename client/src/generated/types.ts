/** The types of the API, from `openapi/openapi.json`. Generated: `npm run generate:documents` writes this file. */

/** Operations by method and path. */
export interface Operations {
  delete: {
    /** Delete a token */
    '/auth/token/delete/{accessTokenIdentifier}': {
      path: {
        /** An access or refresh token, or its hash: the base64url of its SHA-256. */
        accessTokenIdentifier: string | number
      }
      query: {
        /** Number or alias of the client: the token of another client is not deleted. */
        clientIdentifier?: string | undefined
        /** Unique identifier of the user: the token of another user is not deleted. */
        subject?: string | undefined
      }
      answer: undefined
    }
    /** Delete a service */
    '/service/delete': {
      options: 'ifMatch'
      answer: undefined
    }
    /** Delete a key in a module */
    '/hsk/delete/{handle}': {
      path: {
        /** Handle of the key. */
        handle: string | number
      }
      query: {
        /** Whether the only key of an algorithm is deleted, too. */
        force?: boolean | undefined
      }
      answer: HskDeleteResponse
    }
    /** Delete a client */
    '/client/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      options: 'ifMatch'
      answer: undefined
    }
    /** End the former client secret */
    '/client/secret/rotated/delete/{clientIdentifier}': {
      path: {
        /** Number or alias of the client. */
        clientIdentifier: string | number
      }
      answer: ClientSecretRotatedDeleteResponse
    }
    /** Delete the requestable scopes of a client */
    '/client/extension/requestable_scopes/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      answer: undefined
    }
    /** Delete the authorization of a client by a user */
    '/client/authorization/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      }
      answer: ClientAuthorizationDeleteResponse
    }
    /** Delete the authorization of a client by a user */
    '/client/authorization/delete/{clientId}/{subject}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
        /** Unique identifier of the user. */
        subject: string | number
      }
      answer: ClientAuthorizationDeleteResponse
    }
    /** Delete the record of scopes that a user granted to a client */
    '/client/granted_scopes/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      }
      answer: ClientGrantedScopesDeleteResponse
    }
    /** Delete the record of scopes that a user granted to a client */
    '/client/granted_scopes/delete/{clientId}/{subject}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
        /** Unique identifier of the user. */
        subject: string | number
      }
      answer: ClientGrantedScopesDeleteResponse
    }
  }
  get: {
    /** List tokens */
    '/auth/token/get/list': {
      query: {
        /** Index of the first item, from 0. */
        start?: number | undefined
        /** Index after the last item; a page has at most 1,000 items. */
        end?: number | undefined
        /** Number or alias of the client. */
        clientIdentifier?: string | undefined
        /** Unique identifier of the user. */
        subject?: string | undefined
        /** Identifier of the session in which the tokens were issued. */
        sessionId?: string | undefined
        /** `VALID`: not expired; `INVALID`: expired and not removed yet. */
        tokenStatus?: 'ALL' | 'VALID' | 'INVALID' | undefined
        /** Whether `accessTokens` or `refreshTokens` are listed. */
        kind?: 'access_token' | 'refresh_token' | undefined
        /** Text that is searched for, whatever the case of its letters: in subject, grant type, `issuedFor` and `userAgent`, and in the number, the alias and the name of the client. */
        pattern?: string | undefined
        /** What the tokens are sorted by, `created_at` if absent. Only with `hash` can the selection have more than 10,000 tokens; pages may then be shorter, and there is no `totalCount`. */
        sort?: 'created_at' | 'last_seen_at' | 'expires_at' | 'refresh_expires_at' | 'client_id' | 'subject' | 'grant_type' | 'client_ip' | 'user_agent' | 'scope' | 'hash' | undefined
        /** Whether the order is reversed. */
        desc?: boolean | undefined
        /** `nextCursor` of the page before, for the same `kind`, `sort` and `desc`: the page has the next `end` tokens. */
        cursor?: string | undefined
      }
      answer: TokenGetListResponse
    }
    /** Get the status of a batch of tokens */
    '/auth/token/create/batch/status/{requestId}': {
      path: {
        /** Identifier of the batch. */
        requestId: string | number
      }
      answer: TokenCreateBatchStatusResponse
    }
    /** Get the discovery document */
    '/service/configuration': {
      query: {
        /** Whether the document is indented. */
        pretty?: boolean | undefined
        /** A JSON Patch (RFC 6902) to apply to the document. */
        patch?: string | undefined
      }
      answer: ServiceConfiguration
    }
    /** Get the key set */
    '/service/jwks/get': {
      query: {
        /** Whether private keys are included. */
        includePrivateKeys?: boolean | undefined
        /** Whether the response is indented. */
        pretty?: boolean | undefined
      }
      answer: ServiceJwksGetResponse
    }
    /** Get a service */
    '/service/get': {
      query: {
        /** Whether the response omits secrets and private keys although the caller may see them. The read is not recorded then, and the `ETag` fits a patch. */
        withoutSecrets?: boolean | undefined
      }
      options: 'ifNoneMatch'
      answer: Service
    }
    /** List services */
    '/api/service/get/list': {
      query: {
        /** Index of the first item, from 0. */
        start?: number | undefined
        /** Index after the last item; a page has at most 1,000 items. */
        end?: number | undefined
      }
      answer: ServiceGetListResponse
    }
    /** Search services */
    '/api/services': {
      query: {
        /** An API key, or the beginning of a name or of an issuer, with or without its scheme. */
        query?: string | undefined
        /** With `substring`, also what has the query anywhere within its name or URI, after the others. */
        match?: 'prefix' | 'substring' | undefined
        /** Only with the label: see the attribute `ext.labels`. */
        label?: string | undefined
        /** Only what has this key: see the attribute `ext.config.key`. */
        key?: string | undefined
        /** Where to continue: `next` of the previous response. */
        after?: string | undefined
        /** At most so many. */
        limit?: number | undefined
        /** The order: by name, or by the last change, the newest first. */
        order?: 'name' | '-changed' | undefined
      }
      answer: ServiceSearchResponse
    }
    /** List the revisions of a service */
    '/service/revisions': {
      query: {
        /** Only revisions before this one: `next` of the previous response. */
        before?: number | undefined
        /** At most so many. */
        limit?: number | undefined
      }
      answer: RevisionListResponse
    }
    /** Show a revision of a service */
    '/service/revisions/{revision}': {
      path: {
        /** The revision: a version of the document. */
        revision: string | number
      }
      query: {
        /** Another revision: the response has the changes from it, in place of the settings. */
        diff?: number | undefined
      }
      answer: RevisionResponse
    }
    /** Get the time of a test service */
    '/testclock': {
      answer: TestClock
    }
    /** List the keys in modules */
    '/hsk/get/list': {
      answer: HskGetListResponse
    }
    /** Get a key in a module */
    '/hsk/get/{handle}': {
      path: {
        /** Handle of the key. */
        handle: string | number
      }
      answer: HskGetResponse
    }
    /** Delete a key in a module */
    '/hsk/delete/{handle}': {
      path: {
        /** Handle of the key. */
        handle: string | number
      }
      query: {
        /** Whether the only key of an algorithm is deleted, too. */
        force?: boolean | undefined
      }
      answer: HskDeleteByGetResponse
    }
    /** Describe the API token of the call */
    '/api/self': {
      answer: SelfResponse
    }
    /** List refused calls */
    '/refusals': {
      query: {
        /** The `seq` after which to continue: `next` of the previous response. Absent: the newest. */
        after?: number | undefined
        /** At most so many. */
        limit?: number | undefined
        /** Only those with the result code. */
        code?: string | undefined
        /** Only those of the client. */
        clientId?: number | undefined
      }
      answer: RefusalsResponse
    }
    /** Tell what is configured by a file */
    '/plan': {
      options: 'ifNoneMatch'
      answer: ConfigurationStanding
    }
    /** Get a client */
    '/client/get/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Whether the response omits the secret and private keys although the caller may see them. The `ETag` fits a patch. */
        withoutSecrets?: boolean | undefined
      }
      options: 'ifNoneMatch'
      answer: Client
    }
    /** List clients */
    '/client/get/list': {
      query: {
        /** Index of the first item, from 0. */
        start?: number | undefined
        /** Index after the last item; a page has at most 1,000 items. */
        end?: number | undefined
        /** The developer of the listed clients. */
        developer?: string | undefined
      }
      answer: ClientGetListResponse
    }
    /** Search clients */
    '/clients': {
      query: {
        /** A client ID or alias, or the beginning of a name or of the first redirect URI, with or without its scheme. */
        query?: string | undefined
        /** With `substring`, also what has the query anywhere within its name or URI, after the others. */
        match?: 'prefix' | 'substring' | undefined
        /** Only with the label: see the attribute `ext.labels`. */
        label?: string | undefined
        /** Only what has this key: see the attribute `ext.config.key`. */
        key?: string | undefined
        /** Where to continue: `next` of the previous response. */
        after?: string | undefined
        /** At most so many. */
        limit?: number | undefined
        /** Only clients of this type. */
        clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
        /** Only clients of this application type. */
        applicationType?: 'WEB' | 'NATIVE' | undefined
        /** Only clients that were created so. */
        clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
        /** Only clients that authenticate so at the token endpoint. */
        tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
        /** Only clients that are locked, or only those that are not. */
        locked?: boolean | undefined
        /** Only clients that were not used since then, in milliseconds since the epoch: see `lastUsedAt`. */
        unusedSince?: number | undefined
      }
      answer: ClientSearchResponse
    }
    /** List the revisions of a client */
    '/clients/{clientId}/revisions': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Only revisions before this one: `next` of the previous response. */
        before?: number | undefined
        /** At most so many. */
        limit?: number | undefined
      }
      answer: RevisionListResponse
    }
    /** Show a revision of a client */
    '/clients/{clientId}/revisions/{revision}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
        /** The revision: a version of the document. */
        revision: string | number
      }
      query: {
        /** Another revision: the response has the changes from it, in place of the settings. */
        diff?: number | undefined
      }
      answer: RevisionResponse
    }
    /** Create a new client secret */
    '/client/secret/refresh/{clientIdentifier}': {
      path: {
        /** Number or alias of the client. */
        clientIdentifier: string | number
      }
      query: {
        /** How long the former secret is accepted besides the new one, in seconds: at most 30 days. Without it, or with 0, the former secret is refused immediately. */
        graceSeconds?: number | undefined
      }
      answer: ClientSecretRefreshResponse
    }
    /** Get the requestable scopes of a client */
    '/client/extension/requestable_scopes/get/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      answer: ClientExtensionRequestableScopesGetResponse
    }
    /** List the clients that a user has authorized */
    '/client/authorization/get/list': {
      query: {
        /** Index of the first item, from 0. */
        start?: number | undefined
        /** Index after the last item; a page has at most 1,000 items. */
        end?: number | undefined
        /** Unique identifier of the user. */
        subject?: string | undefined
        /** The developer of the listed clients. */
        developer?: string | undefined
      }
      answer: ClientAuthorizationGetListResponse
    }
    /** List the clients that a user has authorized */
    '/client/authorization/get/list/{subject}': {
      path: {
        /** Unique identifier of the user. */
        subject: string | number
      }
      query: {
        /** Index of the first item, from 0. */
        start?: number | undefined
        /** Index after the last item; a page has at most 1,000 items. */
        end?: number | undefined
        /** The developer of the listed clients. */
        developer?: string | undefined
      }
      answer: ClientAuthorizationGetListResponse
    }
    /** Get the scopes that a user granted to a client */
    '/client/granted_scopes/get/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      }
      answer: ClientGrantedScopesGetResponse
    }
    /** Get the scopes that a user granted to a client */
    '/client/granted_scopes/get/{clientId}/{subject}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
        /** Unique identifier of the user. */
        subject: string | number
      }
      answer: ClientGrantedScopesGetResponse
    }
    /** Read the audit log of a service */
    '/audit': {
      query: {
        /** The `seq` after which to continue: `next` of the previous response. */
        after?: number | undefined
        /** In place of `after`: the records before this `seq`, the newest first. `next` is the `before` of the next call. */
        before?: number | undefined
        /** At most so many records. */
        limit?: number | undefined
        /** Only records of the type. */
        type?: 'service.created' | 'service.updated' | 'service.deleted' | 'service.clock_moved' | 'configuration.applied' | 'key.created' | 'key.certified' | 'key.deleted' | 'key.rotated' | 'key.schedule_changed' | 'key.restored' | 'key.erased' | 'client.created' | 'client.registered' | 'client.updated' | 'client.lock_changed' | 'client.secret_rotated' | 'client.deleted' | 'api_token.created' | 'api_token.updated' | 'api_token.rotated' | 'api_token.revoked' | 'authorization.updated' | 'authorization.deleted' | 'granted_scopes.deleted' | 'grant.revoked' | 'token.created' | 'token.imported' | 'token.updated' | 'token.deleted' | 'token.revoked' | 'session.ended' | 'event_endpoint.created' | 'event_endpoint.updated' | 'event_endpoint.secret_rotated' | 'event_endpoint.disabled' | 'event_endpoint.deleted' | 'event_stream.created' | 'event_stream.updated' | 'event_stream.deleted' | 'credential.status_changed' | 'private_keys.read' | 'code.replayed' | 'refresh.replayed' | 'console.logged_in' | 'caller.refused' | 'master_key.rotated' | 'backup.created' | 'backup.restored' | undefined
        /** Only records of the actor: `<id>` or `<kind>:<id>`. */
        actor?: string | undefined
        /** Only records about the target: `<id>` or `<kind>:<id>`. */
        target?: string | undefined
      }
      answer: AuditResponse
    }
    /** Read the audit log */
    '/api/audit': {
      query: {
        /** The `seq` after which to continue: `next` of the previous response. */
        after?: number | undefined
        /** In place of `after`: the records before this `seq`, the newest first. `next` is the `before` of the next call. */
        before?: number | undefined
        /** At most so many records. */
        limit?: number | undefined
        /** Only records of the type. */
        type?: 'service.created' | 'service.updated' | 'service.deleted' | 'service.clock_moved' | 'configuration.applied' | 'key.created' | 'key.certified' | 'key.deleted' | 'key.rotated' | 'key.schedule_changed' | 'key.restored' | 'key.erased' | 'client.created' | 'client.registered' | 'client.updated' | 'client.lock_changed' | 'client.secret_rotated' | 'client.deleted' | 'api_token.created' | 'api_token.updated' | 'api_token.rotated' | 'api_token.revoked' | 'authorization.updated' | 'authorization.deleted' | 'granted_scopes.deleted' | 'grant.revoked' | 'token.created' | 'token.imported' | 'token.updated' | 'token.deleted' | 'token.revoked' | 'session.ended' | 'event_endpoint.created' | 'event_endpoint.updated' | 'event_endpoint.secret_rotated' | 'event_endpoint.disabled' | 'event_endpoint.deleted' | 'event_stream.created' | 'event_stream.updated' | 'event_stream.deleted' | 'credential.status_changed' | 'private_keys.read' | 'code.replayed' | 'refresh.replayed' | 'console.logged_in' | 'caller.refused' | 'master_key.rotated' | 'backup.created' | 'backup.restored' | undefined
        /** Only records of the actor: `<id>` or `<kind>:<id>`. */
        actor?: string | undefined
        /** Only records about the target: `<id>` or `<kind>:<id>`. */
        target?: string | undefined
      }
      answer: AuditResponse
    }
    /** List the types of audit records */
    '/api/audit/types': {
      answer: AuditTypesResponse
    }
    /** Check whether the server works */
    '/api/lifecycle/healthcheck': {
      query: {
        /** Whether the check includes the database. */
        extended?: boolean | undefined
      }
      answer: string
    }
    /** List notifications that wait */
    '/notifications': {
      query: {
        /** At most so many. */
        limit?: number | undefined
      }
      answer: NotificationListResponse
    }
    /** Examine the installation */
    '/api/doctor': {
      query: {
        /** How long the load balancer needs to notice that a process is about to end, in seconds. */
        probeSeconds?: number | undefined
      }
      answer: ServerDoctorResponse
    }
    /** Show the state of the server */
    '/api/health': {
      answer: ServerHealthResponse
    }
    /** Show what a service uses */
    '/usage': {
      query: {
        /** The first day in UTC; usually 29 days before `to`. */
        from?: string | undefined
        /** The last day in UTC; usually today. */
        to?: string | undefined
      }
      answer: UsageResponse
    }
    /** List the services that use most */
    '/api/usage': {
      query: {
        /** The day in UTC; usually today. */
        day?: string | undefined
        /** What they are ordered by, the service with most first. */
        order?: 'calls' | 'tokens' | 'refusals' | undefined
        /** How many services. */
        limit?: number | undefined
      }
      answer: UsageOfAllResponse
    }
    /** Repeat the query */
    '/api/misc/echo': {
      answer: Record<string, unknown>
    }
  }
  patch: {
    /** Change some settings of a service */
    '/service': {
      query: {
        /** Whether the changes are only shown, and nothing is saved. */
        dryRun?: boolean | undefined
      }
      body: MergePatch | JsonPatch
      options: 'ifMatch'
      answer: Service & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes, with `dryRun` or the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
        /** With `dryRun`: what the change means for the lints. */
        lints?: {
          /** Findings that there were not before. */
          appear: Array<{
            /** The code of the lint. */
            code: string
            /** The checked profiles that it belongs to. */
            profiles: Array<LintProfile>
            /** An `error` breaks the profile. */
            level: 'error' | 'warning' | 'hint'
            /** The property that it is about. */
            path: string
            /** What demands or recommends it. */
            spec?: string | undefined
            /** What is wrong, as a sentence. */
            says: string
            /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
            fix?: Record<string, unknown> | undefined
          }>
          /** Findings that the change mends. */
          vanish: Array<{
            /** The code of the lint. */
            code: string
            /** The checked profiles that it belongs to. */
            profiles: Array<LintProfile>
            /** An `error` breaks the profile. */
            level: 'error' | 'warning' | 'hint'
            /** The property that it is about. */
            path: string
            /** What demands or recommends it. */
            spec?: string | undefined
            /** What is wrong, as a sentence. */
            says: string
            /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
            fix?: Record<string, unknown> | undefined
          }>
        } | undefined
      }
    }
    /** Change some settings of a client */
    '/clients/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      query: {
        /** Whether the changes are only shown, and nothing is saved. */
        dryRun?: boolean | undefined
      }
      body: MergePatch | JsonPatch
      options: 'ifMatch'
      answer: Client & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes, with `dryRun` or the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
        /** With `dryRun`: what the change means for the lints. */
        lints?: {
          /** Findings that there were not before. */
          appear: Array<{
            /** The code of the lint. */
            code: string
            /** The checked profiles that it belongs to. */
            profiles: Array<LintProfile>
            /** An `error` breaks the profile. */
            level: 'error' | 'warning' | 'hint'
            /** The property that it is about. */
            path: string
            /** What demands or recommends it. */
            spec?: string | undefined
            /** What is wrong, as a sentence. */
            says: string
            /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
            fix?: Record<string, unknown> | undefined
          }>
          /** Findings that the change mends. */
          vanish: Array<{
            /** The code of the lint. */
            code: string
            /** The checked profiles that it belongs to. */
            profiles: Array<LintProfile>
            /** An `error` breaks the profile. */
            level: 'error' | 'warning' | 'hint'
            /** The property that it is about. */
            path: string
            /** What demands or recommends it. */
            spec?: string | undefined
            /** What is wrong, as a sentence. */
            says: string
            /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
            fix?: Record<string, unknown> | undefined
          }>
        } | undefined
      }
    }
  }
  post: {
    /** Process an authorization request */
    '/auth/authorization': {
      body: AuthorizationRequest
      answer: AuthorizationResponse
    }
    /** Issue an authorization response */
    '/auth/authorization/issue': {
      body: AuthorizationIssueRequest
      answer: AuthorizationIssueResponse
    }
    /** Fail an authorization request */
    '/auth/authorization/fail': {
      body: AuthorizationFailRequest
      answer: AuthorizationFailResponse
    }
    /** Read the text that is stored with a ticket */
    '/auth/authorization/ticket/info': {
      body: AuthorizationTicketInfoRequest
      answer: AuthorizationTicketInfoResponse
    }
    /** Change the text that is stored with a ticket */
    '/auth/authorization/ticket/update': {
      body: AuthorizationTicketUpdateRequest
      answer: AuthorizationTicketUpdateResponse
    }
    /** Process a pushed authorization request */
    '/pushed_auth_req': {
      body: PushedAuthorizationRequest
      answer: PushedAuthorizationResponse
    }
    /** Process a token request */
    '/auth/token': {
      body: TokenRequest
      answer: TokenResponse
    }
    /** Issue the tokens of a request that the caller has decided */
    '/auth/token/issue': {
      body: TokenIssueRequest
      answer: TokenIssueResponse
    }
    /** Fail a token request that the caller has decided */
    '/auth/token/fail': {
      body: TokenFailRequest
      answer: TokenFailResponse
    }
    /** Import tokens of another system */
    '/auth/token/import': {
      body: TokenImportRequest & Acting
      answer: TokenImportResponse
    }
    /** Get what ended before its time */
    '/auth/token/revocations': {
      body: RevocationsRequest
      answer: RevocationsResponse
    }
    /** Create the token response of a Native SSO request */
    '/nativesso': {
      body: NativeSsoRequest
      answer: NativeSsoResponse
    }
    /** Delete all tokens of a session */
    '/nativesso/logout': {
      body: NativeSsoLogoutRequest
      answer: NativeSsoLogoutResponse
    }
    /** Create a session */
    '/session/create': {
      body: SessionCreateRequest
      answer: SessionCreateResponse
    }
    /** Get a session */
    '/session/get': {
      body: SessionGetRequest
      answer: SessionGetResponse
    }
    /** Update a session */
    '/session/update': {
      body: SessionUpdateRequest
      answer: SessionUpdateResponse
    }
    /** List sessions */
    '/session/list': {
      body: SessionListRequest
      answer: SessionListResponse
    }
    /** End sessions */
    '/session/delete': {
      body: SessionDeleteRequest & Acting
      answer: SessionDeleteResponse
    }
    /** Get the page of the OP iframe */
    '/session/iframe': {
      body: SessionIframeRequest
      answer: SessionIframeResponse
    }
    /** Process a logout request */
    '/logout': {
      body: LogoutRequest
      answer: LogoutResponse
    }
    /** Complete a logout that the user confirmed */
    '/logout/issue': {
      body: LogoutIssueRequest
      answer: LogoutIssueResponse
    }
    /** Cancel a logout */
    '/logout/fail': {
      body: LogoutFailRequest
      answer: LogoutFailResponse
    }
    /** Process a device authorization request */
    '/device/authorization': {
      body: DeviceAuthorizationRequest
      answer: DeviceAuthorizationResponse
    }
    /** Get the request of a user code */
    '/device/verification': {
      body: DeviceVerificationRequest
      answer: DeviceVerificationResponse
    }
    /** Complete a device authorization request */
    '/device/complete': {
      body: DeviceCompleteRequest
      answer: DeviceCompleteResponse
    }
    /** Process a backchannel authentication request */
    '/backchannel/authentication': {
      body: BackchannelAuthenticationRequest
      answer: BackchannelAuthenticationResponse
    }
    /** Issue an auth_req_id */
    '/backchannel/authentication/issue': {
      body: BackchannelAuthenticationIssueRequest
      answer: BackchannelAuthenticationIssueResponse
    }
    /** Fail a backchannel authentication request */
    '/backchannel/authentication/fail': {
      body: BackchannelAuthenticationFailRequest
      answer: BackchannelAuthenticationFailResponse
    }
    /** Complete a backchannel authentication request */
    '/backchannel/authentication/complete': {
      body: BackchannelAuthenticationCompleteRequest
      answer: BackchannelAuthenticationCompleteResponse
    }
    /** Create a Logout Token */
    '/backchannel/logout/token': {
      body: BackchannelLogoutTokenRequest
      answer: BackchannelLogoutTokenResponse
    }
    /** Notify clients of a logout */
    '/backchannel/logout/deliver': {
      body: BackchannelLogoutDeliverRequest
      answer: BackchannelLogoutDeliverResponse
    }
    /** List notifications of logouts */
    '/logout/delivery/list': {
      body: LogoutDeliveryListRequest
      answer: LogoutDeliveryListResponse
    }
    /** Send notifications again that were given up */
    '/logout/delivery/retry': {
      body: LogoutDeliveryRetryRequest
      answer: LogoutDeliveryRetryResponse
    }
    /** Reissue an ID Token */
    '/idtoken/reissue': {
      body: IdtokenReissueRequest
      answer: IdtokenReissueResponse
    }
    /** Process a UserInfo request */
    '/auth/userinfo': {
      body: UserinfoRequest
      answer: UserinfoResponse
    }
    /** Issue a UserInfo response */
    '/auth/userinfo/issue': {
      body: UserinfoIssueRequest
      answer: UserinfoIssueResponse
    }
    /** Preview the claims of a user */
    '/claims/preview': {
      body: ClaimsPreviewRequest
      answer: ClaimsPreviewResponse
    }
    /** Check an access token for a protected resource */
    '/auth/introspection': {
      body: IntrospectionRequest
      answer: IntrospectionResponse
    }
    /** Process an introspection request of RFC 7662 */
    '/auth/introspection/standard': {
      body: StandardIntrospectionRequest
      answer: StandardIntrospectionResponse
    }
    /** Process a revocation request */
    '/auth/revocation': {
      body: RevocationRequest
      answer: RevocationResponse
    }
    /** Get the metadata of a protected resource */
    '/resource/metadata': {
      body: ResourceMetadataRequest
      answer: ResourceMetadataResponse
    }
    /** Create a challenge for client attestation */
    '/attestation/challenge': {
      answer: AttestationChallengeResponse
    }
    /** Process a grant management request */
    '/gm': {
      body: GMRequest & Acting
      answer: GMResponse
    }
    /** Check a request for a credential of UserInfo */
    '/userinfovc/parse': {
      body: UserinfoVcParseRequest
      answer: UserinfoVcParseResponse
    }
    /** Issue a credential of UserInfo */
    '/userinfovc/issue': {
      body: UserinfoVcIssueRequest
      answer: UserinfoVcIssueResponse
    }
    /** Get the metadata of the credential issuer */
    '/vci/metadata': {
      body: {
        /** Whether the document is indented. */
        pretty?: boolean | undefined
        /** The Accept header of the request of the wallet, which may prefer signed metadata. */
        httpAcceptHeader?: string | undefined
      }
      answer: VciMetadataResponse
    }
    /** Get the metadata of the issuer of JWT credentials */
    '/vci/jwtissuer': {
      body: VciJwtissuerRequest
      answer: VciJwtissuerResponse
    }
    /** Get the key set of the credential issuer */
    '/vci/jwks': {
      body: VciJwksRequest
      answer: VciJwksResponse
    }
    /** Create a nonce for proofs */
    '/vci/nonce': {
      body: VciNonceRequest
      answer: VciNonceResponse
    }
    /** Check a credential request */
    '/vci/single/parse': {
      body: VciSingleParseRequest
      answer: VciSingleParseResponse
    }
    /** Check a batch of credential requests */
    '/vci/batch/parse': {
      body: VciBatchParseRequest
      answer: VciBatchParseResponse
    }
    /** Check a deferred credential request */
    '/vci/deferred/parse': {
      body: VciDeferredParseRequest
      answer: VciDeferredParseResponse
    }
    /** Issue a credential */
    '/vci/single/issue': {
      body: VciSingleIssueRequest
      answer: VciSingleIssueResponse
    }
    /** Issue a batch of credentials */
    '/vci/batch/issue': {
      body: VciBatchIssueRequest
      answer: VciBatchIssueResponse
    }
    /** Issue a deferred credential */
    '/vci/deferred/issue': {
      body: VciDeferredIssueRequest
      answer: VciDeferredIssueResponse
    }
    /** Create an access token */
    '/auth/token/create': {
      body: TokenCreateRequest & Acting
      answer: TokenCreateResponse
    }
    /** Create many access tokens */
    '/auth/token/create/batch': {
      query: {
        /** Whether to create nothing. */
        dryRun?: boolean | undefined
      }
      body: Array<TokenCreateRequest>
      answer: TokenCreateBatchResponse
    }
    /** Update an access token */
    '/auth/token/update': {
      body: TokenUpdateRequest & Acting
      answer: TokenUpdateResponse
    }
    /** Revoke tokens */
    '/auth/token/revoke': {
      body: TokenRevokeRequest & Acting
      answer: TokenRevokeResponse
    }
    /** Get the discovery document */
    '/service/configuration': {
      body: {
        /** Whether the document is indented. */
        pretty?: boolean | undefined
        /** A JSON Patch (RFC 6902) to apply to the document. */
        patch?: string | undefined
      }
      answer: ServiceConfiguration
    }
    /** Get the entity configuration */
    '/federation/configuration': {
      body: FederationConfigurationRequest
      answer: FederationConfigurationResponse
    }
    /** Get the signed key set */
    '/federation/jwks': {
      body: FederationJwksRequest
      answer: FederationJwksResponse
    }
    /** Get the historical keys */
    '/federation/historical-keys': {
      body: FederationHistoricalKeysRequest
      answer: FederationHistoricalKeysResponse
    }
    /** Register a relying party */
    '/federation/registration': {
      body: FederationRegistrationRequest & Acting
      answer: FederationRegistrationResponse
    }
    /** Resolve an entity */
    '/federation/resolve': {
      body: FederationResolveRequest
      answer: FederationResolveResponse
    }
    /** Get the metadata of the transmitter */
    '/ssf/configuration': {
      body: SsfConfigurationRequest
      answer: SsfConfigurationResponse
    }
    /** Process a request to the configuration endpoint of streams */
    '/ssf/stream': {
      body: SsfStreamRequest & Acting
      answer: SsfStreamResponse
    }
    /** List the streams of security events */
    '/ssf/stream/list': {
      body: SsfStreamListRequest
      answer: SsfStreamListResponse
    }
    /** Change the status of a stream of security events */
    '/ssf/stream/status/update': {
      body: SsfStreamStatusUpdateRequest & Acting
      answer: EventStream
    }
    /** Delete a stream of security events */
    '/ssf/stream/delete': {
      body: SsfStreamDeleteRequest & Acting
      answer: undefined
    }
    /** Process a request to the status endpoint of streams */
    '/ssf/status': {
      body: SsfStatusRequest & Acting
      answer: SsfStatusResponse
    }
    /** Process a request to add a subject to a stream */
    '/ssf/subjects/add': {
      body: SsfSubjectRequest
      answer: SsfSubjectAddedResponse
    }
    /** Process a request to remove a subject from a stream */
    '/ssf/subjects/remove': {
      body: SsfSubjectRequest
      answer: SsfSubjectRemovedResponse
    }
    /** Process a request to the verification endpoint of streams */
    '/ssf/verification': {
      body: SsfVerificationRequest
      answer: SsfVerificationResponse
    }
    /** Process a request of a receiver that polls */
    '/ssf/poll': {
      body: SsfPollRequest
      answer: SsfPollResponse
    }
    /** Send a security event */
    '/ssf/event': {
      body: SsfEventRequest
      answer: SsfEventResponse
    }
    /** Create a service */
    '/api/service/create': {
      body: ServiceDocument & Acting
      options: 'idempotencyKey'
      answer: Service & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
      }
    }
    /** Check the settings of a service */
    '/service/lint': {
      body: ServiceLintRequest
      answer: LintReport
    }
    /** Update a service */
    '/service/update': {
      body: ServiceDocument & Acting
      options: 'ifMatch'
      answer: Service & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes by the update, with the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
      }
    }
    /** Bring back the settings of a revision */
    '/service/revisions/{revision}/restore': {
      path: {
        /** The revision: a version of the document. */
        revision: string | number
      }
      options: 'ifMatch'
      answer: Service & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes by the update, with the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
      }
    }
    /** Move the clock of a test service */
    '/testclock': {
      body: TestClockRequest & Acting
      answer: TestClock
    }
    /** Create a service of an organization */
    '/api/service': {
      body: OrganizationServiceCreateRequest & Acting
      options: 'idempotencyKey'
      answer: Service & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
      }
    }
    /** Delete a service of an organization */
    '/api/service/remove': {
      body: OrganizationServiceDeleteRequest & Acting
      options: 'ifMatch'
      answer: undefined
    }
    /** Generate a key */
    '/service/keys/generate': {
      body: ServiceKeysGenerateRequest & Acting
      answer: ServiceKeysGenerateResponse
    }
    /** Rotate keys */
    '/service/keys/rotate': {
      body: ServiceKeysRotateRequest & Acting
      answer: ServiceKeysRotateResponse
    }
    /** Import keys */
    '/service/keys/import': {
      body: ServiceKeysImportRequest & Acting
      answer: ServiceKeysImportResponse
    }
    /** Rotate keys regularly */
    '/service/keys/schedule': {
      body: ServiceKeysScheduleRequest & Acting
      answer: ServiceKeysScheduleResponse
    }
    /** Find clients that depend on keys */
    '/service/keys/clients': {
      body: ServiceKeysClientsRequest
      answer: ServiceKeysClientsResponse
    }
    /** List keys */
    '/service/keys/list': {
      body: ServiceKeysListRequest
      answer: ServiceKeysListResponse
    }
    /** Create a key in a module */
    '/hsk/create': {
      body: HskCreateRequest & Acting
      answer: HskCreateResponse
    }
    /** Request a certificate for a key */
    '/service/keys/csr': {
      body: ServiceKeysCsrRequest
      answer: ServiceKeysCsrResponse
    }
    /** Convert public keys to a JWK Set */
    '/api/keys/convert': {
      body: KeysConvertRequest
      answer: KeysConvertResponse
    }
    /** Create an API token of a service */
    '/api/servicetoken/create': {
      body: ServiceTokenCreateRequest & Acting
      options: 'idempotencyKey'
      answer: ServiceToken
    }
    /** List the API tokens of a service */
    '/api/servicetoken/all': {
      body: ServiceTokenAllRequest
      answer: Array<ServiceToken>
    }
    /** Replace the value of an API token of a service */
    '/api/servicetoken/rotate': {
      body: ServiceTokenRotateRequest & Acting
      answer: ServiceToken
    }
    /** Update an API token of a service */
    '/api/servicetoken/update': {
      body: ServiceTokenUpdateRequest & Acting
      answer: ServiceToken
    }
    /** Revoke an API token of a service */
    '/api/servicetoken/revoke': {
      body: ServiceTokenRevokeRequest & Acting
      answer: undefined
    }
    /** Create an API token of all services */
    '/api/organizationtoken/create': {
      body: OrganizationTokenCreateRequest & Acting
      options: 'idempotencyKey'
      answer: OrganizationToken
    }
    /** List the API tokens of all services */
    '/api/organizationtoken/all': {
      body: OrganizationTokenAllRequest
      answer: Array<OrganizationToken>
    }
    /** Replace the value of an API token of all services */
    '/api/organizationtoken/rotate': {
      body: OrganizationTokenRotateRequest & Acting
      answer: OrganizationToken
    }
    /** Update an API token of all services */
    '/api/organizationtoken/update': {
      body: OrganizationTokenUpdateRequest & Acting
      answer: OrganizationToken
    }
    /** Revoke an API token of all services */
    '/api/organizationtoken/revoke': {
      body: OrganizationTokenRevokeRequest & Acting
      answer: undefined
    }
    /** Create an endpoint for events */
    '/events/endpoint/create': {
      body: EventEndpointCreateRequest & Acting
      options: 'idempotencyKey'
      answer: EventEndpointCreateResponse
    }
    /** Get an endpoint for events */
    '/events/endpoint/get': {
      body: EventEndpointGetRequest
      answer: EventEndpoint
    }
    /** List the endpoints for events */
    '/events/endpoint/list': {
      body: EventEndpointListRequest
      answer: EventEndpointListResponse
    }
    /** Update an endpoint for events */
    '/events/endpoint/update': {
      body: EventEndpointUpdateRequest & Acting
      answer: EventEndpoint
    }
    /** Replace the secret of an endpoint for events */
    '/events/endpoint/rotate': {
      body: EventEndpointRotateRequest & Acting
      answer: EventEndpointRotateResponse
    }
    /** Delete an endpoint for events */
    '/events/endpoint/delete': {
      body: EventEndpointDeleteRequest & Acting
      answer: undefined
    }
    /** List deliveries of events */
    '/events/delivery/list': {
      body: EventDeliveryListRequest
      answer: EventDeliveryListResponse
    }
    /** Send events again */
    '/events/delivery/retry': {
      body: EventDeliveryRetryRequest
      answer: EventDeliveryRetryResponse
    }
    /** Plan a configuration */
    '/plan': {
      body: ConfigurationRequest
      answer: ConfigurationPlan
    }
    /** Apply a configuration */
    '/apply': {
      body: ConfigurationApplyRequest & Acting
      answer: ConfigurationApplied
    }
    /** Create a client */
    '/client/create': {
      body: ClientDocument & Acting
      options: 'idempotencyKey'
      answer: Client & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
      }
    }
    /** Check the settings of a client */
    '/client/lint/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: ClientLintRequest
      answer: LintReport
    }
    /** Check the settings of all clients */
    '/client/lint': {
      body: ClientsLintRequest
      answer: ClientsLintReport
    }
    /** Update a client */
    '/client/update/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: ClientUpdateRequest & Acting
      options: 'ifMatch'
      answer: Client & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes by the update, with the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
      }
    }
    /** Bring back the settings of a revision */
    '/clients/{clientId}/revisions/{revision}/restore': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
        /** The revision: a version of the document. */
        revision: string | number
      }
      options: 'ifMatch'
      answer: Client & {
        /** Settings that were accepted but cannot work; absent if there are none. */
        warnings?: Array<Warning> | undefined
        /** The changes by the update, with the request header `Prefer: return=changes`. */
        changes?: Array<Change> | undefined
      }
    }
    /** Register a client */
    '/client/registration': {
      body: ClientRegistrationRequest & Acting
      answer: ClientRegistrationResponse
    }
    /** Get a client that registered itself */
    '/client/registration/get': {
      body: ClientRegistrationRequest
      answer: ClientRegistrationResponse
    }
    /** Update a client that registered itself */
    '/client/registration/update': {
      body: ClientRegistrationRequest & Acting
      answer: ClientRegistrationResponse
    }
    /** Delete a client that registered itself */
    '/client/registration/delete': {
      body: ClientRegistrationRequest & Acting
      answer: ClientRegistrationResponse
    }
    /** List the clients that registered themselves */
    '/client/registration/list': {
      body: ClientRegistrationListRequest
      answer: ClientRegistrationListResponse
    }
    /** Lock or unlock a client */
    '/client/lock_flag/update/{clientIdentifier}': {
      path: {
        /** Number or alias of the client. */
        clientIdentifier: string | number
      }
      body: ClientFlagUpdateRequest & Acting
      answer: ClientFlagUpdateResponse
    }
    /** Set a client secret */
    '/client/secret/update/{clientIdentifier}': {
      path: {
        /** Number or alias of the client. */
        clientIdentifier: string | number
      }
      body: ClientSecretUpdateRequest & Acting
      answer: ClientSecretUpdateResponse
    }
    /** Set the requestable scopes of a client */
    '/client/extension/requestable_scopes/update/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: ClientExtensionRequestableScopesUpdateRequest & Acting
      answer: ClientExtensionRequestableScopesUpdateResponse
    }
    /** List the clients that a user has authorized */
    '/client/authorization/get/list': {
      body: ClientAuthorizationGetListRequest
      answer: ClientAuthorizationGetListResponse
    }
    /** Change the scopes that a user authorized a client for */
    '/client/authorization/update/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: ClientAuthorizationUpdateRequest & Acting
      answer: ClientAuthorizationUpdateResponse
    }
    /** Delete the authorization of a client by a user */
    '/client/authorization/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      } & Acting
      answer: ClientAuthorizationDeleteResponse
    }
    /** Get the scopes that a user granted to a client */
    '/client/granted_scopes/get/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      }
      answer: ClientGrantedScopesGetResponse
    }
    /** Delete the record of scopes that a user granted to a client */
    '/client/granted_scopes/delete/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: {
        /** Unique identifier of the user. */
        subject?: string | undefined
      } & Acting
      answer: ClientGrantedScopesDeleteResponse
    }
    /** Create a credential offer */
    '/vci/offer/create': {
      body: VciOfferCreateRequest
      answer: VciOfferCreateResponse
    }
    /** Get a credential offer */
    '/vci/offer/info': {
      body: VciOfferInfoRequest
      answer: VciOfferInfoResponse
    }
    /** Process a notification of a wallet */
    '/vci/notification': {
      body: VciNotificationRequest
      answer: VciNotificationResponse
    }
    /** List issued credentials */
    '/vci/credential/list': {
      body: VciCredentialListRequest
      answer: VciCredentialListResponse
    }
    /** Get a status list */
    '/vci/status/get': {
      body: VciStatusGetRequest
      answer: VciStatusGetResponse
    }
    /** Change the status of credentials */
    '/vci/status/update': {
      body: VciStatusUpdateRequest & Acting
      answer: VciStatusUpdateResponse
    }
    /** Verify a JOSE object */
    '/jose/verify': {
      body: JoseVerifyRequest
      answer: JoseVerifyResponse
    }
    /** Run a request dry */
    '/explain': {
      body: ExplainRequest
      answer: ExplainResponse
    }
  }
  put: {
    /** Set the requestable scopes of a client */
    '/client/extension/requestable_scopes/update/{clientId}': {
      path: {
        /** Number or alias of the client. */
        clientId: string | number
      }
      body: ClientExtensionRequestableScopesUpdateRequest & Acting
      answer: ClientExtensionRequestableScopesUpdateResponse
    }
  }
}

export interface AuthorizationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'LOCATION' | 'FORM' | 'NO_INTERACTION' | 'INTERACTION'
  /** The properties of the client that pages may show. */
  client?: {
    /** The number of the client within its service, below 2^31. */
    number: number
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** The client ID, below 2^53. */
    clientId: number
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
    /** The URL of the client's logo, shown to users (RFC 7591 §2). */
    logoUri?: string | undefined
    /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
    logoUris?: Array<TaggedValue> | undefined
    /** The URL of the client's terms of service (RFC 7591 §2). */
    tosUri?: string | undefined
    /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
    tosUris?: Array<TaggedValue> | undefined
    /** The URL of the client's page about the use of data (RFC 7591 §2). */
    policyUri?: string | undefined
    /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
    policyUris?: Array<TaggedValue> | undefined
    /** The number of the service that the client belongs to. */
    serviceNumber?: number | undefined
    /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
    defaultMaxAge?: number | undefined
    /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
    authTimeRequired?: boolean | undefined
    /** The time when the client was created, in milliseconds since the Unix epoch. */
    createdAt: number
    /** The time when the client was last changed, in milliseconds since the Unix epoch. */
    modifiedAt: number
    /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
    bcUserCodeRequired?: boolean | undefined
    /** Whether the client registered itself (RFC 7591 §3). */
    dynamicallyRegistered?: boolean | undefined
    /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
    parRequired?: boolean | undefined
    /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
    rsRequestSigned?: boolean | undefined
    /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
    dpopRequired?: boolean | undefined
    /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
    locked?: boolean | undefined
    /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
    mtlsEndpointAliasesUsed?: boolean | undefined
    /** Whether tokens of the client are to be migrated from another system. */
    inScopeForTokenMigration?: boolean | undefined
    /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
    trustChainExpiresAt?: number | undefined
    /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
    trustChainUpdatedAt?: number | undefined
    /** Whether the client was registered automatically by a federation. */
    automaticallyRegistered?: boolean | undefined
    /** Whether the client was registered explicitly by a federation. */
    explicitlyRegistered?: boolean | undefined
    /** Whether credential responses to the client must be encrypted. */
    credentialResponseEncryptionRequired?: boolean | undefined
    /** The URL of the client's metadata document (CIMD §4). */
    metadataDocumentLocation?: string | undefined
    /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
    metadataDocumentExpiresAt?: number | undefined
    /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
    metadataDocumentUpdatedAt?: number | undefined
    /** Whether the client was created from its metadata document (CIMD §4). */
    discoveredByMetadataDocument?: boolean | undefined
    /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
    clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
    /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
    entityId?: string | undefined
  } | undefined
  /** How to display the page, from the parameter display of the request. */
  display?: 'PAGE' | 'POPUP' | 'TOUCH' | 'WAP' | undefined
  /** Maximum time since the last authentication of the user, in seconds. */
  maxAge?: number | undefined
  /** The properties of the service that pages may show. */
  service?: {
    /** The number of the service, below 2^31. */
    number?: number | undefined
    /** The display name of the service, for people. */
    serviceName?: string | undefined
    /** A description of the service, for people. */
    description?: string | undefined
    /** The ID of the service in the paths of this API, below 2^53. */
    apiKey?: number | undefined
    /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
    issuer?: string | undefined
    /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
    metadata?: Array<Pair> | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
    clientIdAliasEnabled?: boolean | undefined
    /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
    supportedAcrs?: Array<string> | undefined
    /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
    supportedClaims?: Array<string> | undefined
    /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
    supportedClaimLocales?: Array<string> | undefined
    /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
    supportedDisplays?: Array<Display> | undefined
    /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
    supportedScopes?: Array<Scope> | undefined
    /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
    supportedUiLocales?: Array<string> | undefined
    /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
    policyUri?: string | undefined
    /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
    tosUri?: string | undefined
    /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
    serviceDocumentation?: string | undefined
    /** The time when the service was created, in milliseconds since the Unix epoch. */
    createdAt?: number | undefined
    /** The time when the service was last changed, in milliseconds since the Unix epoch. */
    modifiedAt?: number | undefined
  } | undefined
  /** The requested scopes. */
  scopes?: Array<Scope> | undefined
  /** Languages that the client prefers, in its order. */
  uiLocales?: Array<string> | undefined
  /** Languages for claims that the client prefers, in its order. */
  claimsLocales?: Array<string> | undefined
  /** Names of the requested claims. */
  claims?: Array<string> | undefined
  /** Whether the authentication must satisfy one of the `acrs` (OIDC Core §5.5.1.1). */
  acrEssential?: boolean | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** The requested authentication context classes, the preferred one first. */
  acrs?: Array<string> | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** The login_hint of the request. */
  loginHint?: string | undefined
  /** The prompts of the request. */
  prompts?: Array<Prompt> | undefined
  /** The prompt that requires the least interaction with the user. */
  lowestPrompt?: 'NONE' | 'LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT' | 'CREATE' | undefined
  /** The payload of the request object, as the JSON text that the client signed. */
  requestObjectPayload?: string | undefined
  /** The member id_token of the claims parameter, as JSON text. */
  idTokenClaims?: string | undefined
  /** The member userinfo of the claims parameter, as JSON text. */
  userInfoClaims?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** The purpose of the request, for the consent page. */
  purpose?: string | undefined
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The ticket of the undecided request. Single use. */
  ticket?: string | undefined
  /** Requested scopes that contain a value, such as `payment:123`. */
  dynamicScopes?: Array<DynamicScope> | undefined
  /** The requested grant management action. */
  gmAction?: 'CREATE' | 'QUERY' | 'REPLACE' | 'REVOKE' | 'MERGE' | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The grant. */
  grant?: {
    /** The granted scopes. */
    scopes?: Array<GrantScope> | undefined
    /** Names of the granted claims. */
    claims?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
    } | undefined
  } | undefined
  /** Unique identifier of the user who granted it. */
  grantSubject?: string | undefined
  /** Claims that transformed claims are computed from. */
  requestedClaimsForTx?: Array<string> | undefined
  /** Verified claims that transformed claims are computed from. */
  requestedVerifiedClaimsForTx?: Array<Array<string>> | undefined
  /** Definitions of the transformed claims of the request, as JSON text. */
  transformedClaims?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** Names of the claims that are requested from UserInfo. */
  claimsAtUserInfo?: Array<string> | undefined
  /** The credential offer that the request refers to. */
  credentialOfferInfo?: {
    /** Identifier of the credential offer. */
    identifier?: string | undefined
    /** The credential offer, as JSON text. */
    credentialOffer?: string | undefined
    /** Identifier of the credential issuer. */
    credentialIssuer?: string | undefined
    /** Whether the offer has an authorization code grant. */
    authorizationCodeGrantIncluded?: boolean | undefined
    /** Whether the offer has an issuer state. */
    issuerStateIncluded?: boolean | undefined
    /** The issuer state. */
    issuerState?: string | undefined
    /** Whether the offer has a pre-authorized code grant. */
    preAuthorizedCodeGrantIncluded?: boolean | undefined
    /** The pre-authorized code. */
    preAuthorizedCode?: string | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
    /** When the offer expires, in milliseconds since the epoch. */
    expiresAt?: number | undefined
    /** Text that the caller stored with the offer. */
    context?: string | undefined
    /** Properties attached to the token. */
    properties?: Array<Property> | undefined
    /** Claims to add to a JWT access token, as JSON text of an object. */
    jwtAtClaims?: string | undefined
    /** When the user authenticated, in seconds since the epoch. */
    authTime?: number | undefined
    /** Authentication context class of the user authentication. */
    acr?: string | undefined
    /** The offered credentials. */
    credentialConfigurationIds?: Array<string> | undefined
    /** The transaction code. */
    txCode?: string | undefined
    /** The characters of the transaction code. */
    txCodeInputMode?: string | undefined
    /** Instructions for the user about the transaction code. */
    txCodeDescription?: string | undefined
  } | undefined
  /** Credentials that can be issued, as JSON text. */
  issuableCredentials?: string | undefined
  /** The session that the call names, if Postern keeps it. */
  session?: {
    /** Whether the session lives. */
    live: boolean
    /** Unique identifier of the user. */
    subject?: string | undefined
    /** When the user authenticated, in seconds. */
    authTime?: number | undefined
    /** Authentication context class of the session. */
    acr?: string | undefined
    /** Authentication methods, RFC 8176. */
    amr?: Array<string> | undefined
  } | undefined
  /** The parameter `display` as it came, also if it is of another specification. */
  rawDisplay?: string | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Whether the request uses Native SSO. */
  nativeSsoRequested?: boolean | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** True if the redirect URI of the request is not registered, and the client is in test mode. */
  test?: boolean | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
}

/** Why the response is as it is: `Prefer: explain`. */
export interface Explanation {
  refusedBy?: {
    code: string
    /** The area and the name of the rule. */
    rule: string
    /** The OAuth error. */
    error?: string | undefined
    /** The section of the specification. */
    spec?: string | undefined
    /** The message of the rule. */
    says: string
    /** The path of the page about the result code. */
    page: string
    /** The properties that decide. */
    settings?: Array<string> | undefined
    evidence?: Evidence | undefined
    /** What to change. */
    fix?: string | undefined
    change?: OfferedChange | undefined
  } | undefined
  /** The steps of the operation. */
  trace: Array<{
    step: string
    /** Codes of rules that were passed. */
    passed?: Array<string> | undefined
    /** Values, with their origin. */
    facts?: Record<string, unknown> | undefined
    /** The code of the rule that was not passed. */
    refused?: string | undefined
  }>
  /** Steps after the refusal. */
  notReached?: Array<string> | undefined
}

/** What was given, what was expected, and why. */
export interface Evidence {
  /** The parameter, or a member of it. */
  parameter?: string | undefined
  /** The property of service, client or scope. */
  setting?: string | undefined
  /** The value, or its length if it is not shown. */
  given?: unknown | undefined
  /** The values that are accepted. */
  expected?: unknown | undefined
  note?: string | undefined
}

/** A change of settings that lets the request go on. */
export interface OfferedChange {
  /** Whose settings. */
  of: 'service' | 'client'
  /** Number of the client. */
  clientId?: number | undefined
  /** A JSON Merge Patch (RFC 7396) of the settings, for `PATCH`. */
  patch: Record<string, unknown>
  /** The change lifts a protection: a change of the request is better. */
  weakens?: boolean | undefined
}

/** The HTTP response that the frontend sends to its client. */
export interface Relay {
  /** HTTP status code. */
  status: number
  /** Header fields to send. */
  headers: Record<string, string>
  /** The body to send; absent if there is none. */
  body?: string | undefined
}

export interface TaggedValue {
  /** The language as a BCP 47 tag. */
  tag?: string | undefined
  /** The text in that language. */
  value?: string | undefined
}

export interface Pair {
  /** The key. */
  key: string
  /** The value. */
  value?: string | undefined
}

export type Display = 'PAGE' | 'POPUP' | 'TOUCH' | 'WAP'

export interface Scope {
  /** The name of the scope (RFC 6749 §3.3). */
  name: string
  /** Whether a request without the parameter `scope` gets this scope (RFC 6749 §3.3). */
  defaultEntry?: boolean | undefined
  /** A description of what the scope permits, for people. */
  description?: string | undefined
  /** The description in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** Key-value pairs: settings such as `access_token.duration` (in seconds), `fapi`, `fapi2` and `regex`, and notes of the caller. */
  attributes?: Array<Pair> | undefined
}

export type Prompt = 'NONE' | 'LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT' | 'CREATE'

export interface AuthorizationDetailsElement {
  /** The type of the authorization details (RFC 9396 §2.1). */
  type: string
  /** The locations of the resource or resource server (RFC 9396 §2.2). */
  locations?: Array<string> | undefined
  /** The actions to be taken at the resource (RFC 9396 §2.2). */
  actions?: Array<string> | undefined
  /** The kinds of data requested from the resource (RFC 9396 §2.2). */
  dataTypes?: Array<string> | undefined
  /** The identifier of a specific resource (RFC 9396 §2.2). */
  identifier?: string | undefined
  /** The types or levels of privilege at the resource (RFC 9396 §2.2). */
  privileges?: Array<string> | undefined
  /** All other members, as JSON text. */
  otherFields?: string | undefined
}

export interface DynamicScope {
  /** The name of the scope, which precedes the value. */
  name?: string | undefined
  /** The value of the scope. */
  value?: string | undefined
}

export interface GrantScope {
  /** Scopes, separated by spaces. */
  scope?: string | undefined
  /** Resources that the scopes are for. */
  resource?: Array<string> | undefined
}

export interface Property {
  /** Name of the property. */
  key: string
  /** Value of the property. */
  value?: string | undefined
  /** True keeps the property out of token responses and introspection for clients. */
  hidden?: boolean | undefined
}

/** The response to a call of this API that is not valid. */
export interface Result {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
}

export interface AuthorizationRequest {
  /** The request parameters as the client sent them: the query string, or the form body. */
  parameters?: string | undefined
  /** Text to store with the ticket, for the caller to read later. */
  context?: string | undefined
  /** Options for client ID metadata documents. */
  cimdOptions?: {
    /** Whether the metadata document is fetched even if it is cached. */
    alwaysRetrieved?: boolean | undefined
    /** Whether the URL may have the scheme `http`. */
    httpPermitted?: boolean | undefined
    /** Whether the URL may have a query. */
    queryPermitted?: boolean | undefined
  } | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
}

export interface AuthorizationIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'LOCATION' | 'FORM'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Lifetime of the access token in seconds; 0 if it does not expire. */
  accessTokenDuration?: number | undefined
  /** The ID Token. */
  idToken?: string | undefined
  /** The authorization code. */
  authorizationCode?: string | undefined
  /** The access token, if it is a JWT. */
  jwtAccessToken?: string | undefined
  /** The text that the caller stored with the ticket. */
  ticketInfo?: {
    /** The text stored with the ticket. */
    context?: string | undefined
  } | undefined
}

export interface AuthorizationIssueRequest {
  /** The ticket of the request, valid until the caller decides the request. Single use. */
  ticket: string
  /** Unique identifier of the user at the service. */
  subject: string
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** Values of the claims, as JSON text. */
  claims?: string | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** The subject for the client, if it differs from the unique identifier of the user. */
  sub?: string | undefined
  /** Header parameters to add to the ID Token, as JSON text of an object. */
  idtHeaderParams?: string | undefined
  /** Claims that transformed claims are computed from, as JSON text. */
  claimsForTx?: string | undefined
  /** Names of claims that the user consented to. */
  consentedClaims?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** The cookie with the browser state, for `session_state` in the response: OIDC Session Management §2. */
  browserState?: string | undefined
  /** Whether aud of the ID Token is an array or a string; an array if absent. */
  idTokenAudType?: 'array' | 'string' | undefined
  /** Verified claims that transformed claims are computed from, each as JSON text. */
  verifiedClaimsForTx?: Array<string> | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** Claims for UserInfo responses, as JSON text. They are stored if the service has `ext.userinfo.stored_claims` = `true`. */
  userInfoClaims?: string | undefined
  /** The datasets of the user for each credential configuration (OpenID4VCI §6.2); without any, a configuration has one dataset, of the same identifier. */
  credentialIdentifiers?: Array<CredentialIdentifiers> | undefined
}

export interface CredentialIdentifiers {
  /** Identifier of the credential configuration. */
  credentialConfigurationId: string
  /** Identifiers of the datasets of the user for this configuration. */
  identifiers: Array<string>
}

export interface AuthorizationFailResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'LOCATION' | 'FORM'
  /** The redirect URL, or the body of the response for the browser. */
  responseContent?: string | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
}

export interface AuthorizationFailRequest {
  /** The ticket of the authorization request. */
  ticket: string
  /** Why the request fails; it decides the error code in the response for the client. */
  reason?: 'UNKNOWN' | 'NOT_LOGGED_IN' | 'MAX_AGE_NOT_SUPPORTED' | 'EXCEEDS_MAX_AGE' | 'DIFFERENT_SUBJECT' | 'ACR_NOT_SATISFIED' | 'DENIED' | 'SERVER_ERROR' | 'NOT_AUTHENTICATED' | 'ACCOUNT_SELECTION_REQUIRED' | 'CONSENT_REQUIRED' | 'INTERACTION_REQUIRED' | 'INVALID_TARGET' | 'INVALID_SCOPE' | 'UNAUTHORIZED_CLIENT' | 'TEMPORARILY_UNAVAILABLE' | undefined
  /** Replaces the error_description in the response for the client. */
  description?: string | undefined
  /** The cookie with the browser state, for `session_state` in the response: OIDC Session Management §2. */
  browserState?: string | undefined
}

export interface AuthorizationTicketInfoResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call. */
  action: 'OK' | 'NOT_FOUND' | 'CALLER_ERROR' | 'AUTHLETE_ERROR'
  info?: AuthorizationTicketInfo | undefined
}

export interface AuthorizationTicketInfo {
  /** The text stored with the ticket. */
  context?: string | undefined
}

export interface AuthorizationTicketInfoRequest {
  /** The ticket of the authorization request. */
  ticket: string
}

export interface AuthorizationTicketUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call. */
  action: 'OK' | 'NOT_FOUND' | 'CALLER_ERROR' | 'AUTHLETE_ERROR'
  /** The text that is stored with the ticket now. */
  info?: {
    /** The text stored with the ticket. */
    context?: string | undefined
  } | undefined
}

export interface AuthorizationTicketUpdateRequest {
  /** The ticket of the authorization request. */
  ticket: string
  /** The text to store, or an object with the text as `context`. */
  info: string | AuthorizationTicketInfo
}

export interface PushedAuthorizationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'CREATED' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'PAYLOAD_TOO_LARGE' | 'INTERNAL_SERVER_ERROR'
  /** The request_uri for the authorization request. */
  requestUri?: string | undefined
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** How the client authenticated. */
  clientAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
  /** A challenge for client attestation; absent if the client does not use attestation. */
  attestationChallenge?: string | undefined
}

export interface PushedAuthorizationRequest {
  /** The request parameters as the client sent them: the query string, or the form body. */
  parameters?: string | undefined
  /** Number of the client. */
  clientId?: string | number | undefined
  /** The client secret of the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The OAuth-Client-Attestation header of the request. */
  oauthClientAttestation?: string | undefined
  /** The OAuth-Client-Attestation-PoP header of the request. */
  oauthClientAttestationPop?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface TokenResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'INVALID_CLIENT' | 'BAD_REQUEST' | 'PASSWORD' | 'OK' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'NATIVE_SSO' | 'ID_TOKEN_REISSUABLE'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** The user name of the token request. */
  username?: string | undefined
  /** The password of the token request. It is not stored. */
  password?: string | undefined
  /** The ticket of the undecided request. Single use. */
  ticket?: string | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Lifetime of the access token in seconds; 0 if it does not expire. */
  accessTokenDuration?: number | undefined
  /** The refresh token. In a request for new tokens, the value that the caller chooses for it. */
  refreshToken?: string | undefined
  /** When the refresh token expires, in milliseconds since the epoch. */
  refreshTokenExpiresAt?: number | undefined
  /** Lifetime of the refresh token in seconds. */
  refreshTokenDuration?: number | undefined
  /** The ID Token. */
  idToken?: string | undefined
  /** The grant type. */
  grantType?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** The access token, if it is a JWT. */
  jwtAccessToken?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Resources that the access token is for, RFC 8707. */
  accessTokenResources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** How the client authenticated. */
  clientAuthMethod?: string | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** Audiences of a token exchange, RFC 8693 §2.1. */
  audiences?: Array<string> | undefined
  /** Type of the requested token (RFC 8693 §2.1). */
  requestedTokenType?: 'JWT' | 'ACCESS_TOKEN' | 'REFRESH_TOKEN' | 'ID_TOKEN' | 'SAML1' | 'SAML2' | 'DEVICE_SECRET' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | undefined
  /** The subject token, RFC 8693 §2.1. */
  subjectToken?: string | undefined
  /** Type of the subject token. */
  subjectTokenType?: 'JWT' | 'ACCESS_TOKEN' | 'REFRESH_TOKEN' | 'ID_TOKEN' | 'SAML1' | 'SAML2' | 'DEVICE_SECRET' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | undefined
  /** The content of the subject token. */
  subjectTokenInfo?: {
    /** Number of the client. */
    clientId?: number | undefined
    /** Alias of the client. */
    clientIdAlias?: string | undefined
    /** Whether the request identified the client by its alias. */
    clientIdAliasUsed?: boolean | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
    /** Scopes of the token. */
    scopes?: Array<Scope> | undefined
    /** When the token expires, in milliseconds since the epoch; 0 if it does not expire. */
    expiresAt?: number | undefined
    /** Properties attached to the token. */
    properties?: Array<Property> | undefined
    /** The key that the token is bound to; the request proved possession of it. A token that is issued for this one must be bound to the same key. */
    cnf?: {
      /** Thumbprint of a DPoP key, RFC 9449 §6.1. */
      jkt?: string | undefined
      /** SHA-256 thumbprint of a client certificate, RFC 8705 §3.1. */
      'x5t#S256'?: string | undefined
    } | undefined
    /** The resource indicators of the token (RFC 8707). */
    resources?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
      /** Type of the only element; empty if there are several. */
      type: string
      /** The locations of the resource or resource server (RFC 9396 §2.2). */
      locations?: Array<string> | undefined
      /** The actions to be taken at the resource (RFC 9396 §2.2). */
      actions?: Array<string> | undefined
      /** The kinds of data requested from the resource (RFC 9396 §2.2). */
      dataTypes?: Array<string> | undefined
      /** The identifier of a specific resource (RFC 9396 §2.2). */
      identifier?: string | undefined
      /** The types or levels of privilege at the resource (RFC 9396 §2.2). */
      privileges?: Array<string> | undefined
      /** All other members, as JSON text. */
      otherFields?: string | undefined
    } | undefined
    /** Entity identifier of the client. */
    clientEntityId?: string | undefined
    /** Whether the request identified the client by its entity identifier. */
    clientEntityIdUsed?: boolean | undefined
    /** URL of the metadata document of the client. */
    metadataDocumentLocation?: string | undefined
    /** Whether the request identified the client by the URL of its metadata document. */
    metadataDocumentUsed?: boolean | undefined
    /** True if the token is of a client in test mode. */
    test?: boolean | undefined
  } | undefined
  /** The actor token, RFC 8693 §2.1. */
  actorToken?: string | undefined
  /** Type of the actor token. */
  actorTokenType?: 'JWT' | 'ACCESS_TOKEN' | 'REFRESH_TOKEN' | 'ID_TOKEN' | 'SAML1' | 'SAML2' | 'DEVICE_SECRET' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | undefined
  /** The content of the actor token. */
  actorTokenInfo?: {
    /** Number of the client. */
    clientId?: number | undefined
    /** Alias of the client. */
    clientIdAlias?: string | undefined
    /** Whether the request identified the client by its alias. */
    clientIdAliasUsed?: boolean | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
    /** Scopes of the token. */
    scopes?: Array<Scope> | undefined
    /** When the token expires, in milliseconds since the epoch; 0 if it does not expire. */
    expiresAt?: number | undefined
    /** Properties attached to the token. */
    properties?: Array<Property> | undefined
    /** The key that the token is bound to; the request proved possession of it. A token that is issued for this one must be bound to the same key. */
    cnf?: {
      /** Thumbprint of a DPoP key, RFC 9449 §6.1. */
      jkt?: string | undefined
      /** SHA-256 thumbprint of a client certificate, RFC 8705 §3.1. */
      'x5t#S256'?: string | undefined
    } | undefined
    /** The resource indicators of the token (RFC 8707). */
    resources?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
      /** Type of the only element; empty if there are several. */
      type: string
      /** The locations of the resource or resource server (RFC 9396 §2.2). */
      locations?: Array<string> | undefined
      /** The actions to be taken at the resource (RFC 9396 §2.2). */
      actions?: Array<string> | undefined
      /** The kinds of data requested from the resource (RFC 9396 §2.2). */
      dataTypes?: Array<string> | undefined
      /** The identifier of a specific resource (RFC 9396 §2.2). */
      identifier?: string | undefined
      /** The types or levels of privilege at the resource (RFC 9396 §2.2). */
      privileges?: Array<string> | undefined
      /** All other members, as JSON text. */
      otherFields?: string | undefined
    } | undefined
    /** Entity identifier of the client. */
    clientEntityId?: string | undefined
    /** Whether the request identified the client by its entity identifier. */
    clientEntityIdUsed?: boolean | undefined
    /** URL of the metadata document of the client. */
    metadataDocumentLocation?: string | undefined
    /** Whether the request identified the client by the URL of its metadata document. */
    metadataDocumentUsed?: boolean | undefined
    /** True if the token is of a client in test mode. */
    test?: boolean | undefined
  } | undefined
  /** The assertion, RFC 7523 §2.1. */
  assertion?: string | undefined
  /** Whether the request was a retry with the refresh token that was just replaced. */
  previousRefreshTokenUsed?: boolean | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** Lifetime of nonces for credentials, in seconds. */
  cnonceDuration?: number | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
  /** Nonce for credential requests. */
  cnonce?: string | undefined
  /** When the nonce expires, in milliseconds since the epoch. */
  cnonceExpiresAt?: number | undefined
  /** Names of the claims that are requested for the ID Token. */
  requestedIdTokenClaims?: Array<string> | undefined
  /** Scopes of the refresh token. */
  refreshTokenScopes?: Array<string> | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** Device secret of Native SSO. */
  deviceSecret?: string | undefined
  /** Hash of the device secret. */
  deviceSecretHash?: string | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** A challenge for client attestation; absent if the client does not use attestation. */
  attestationChallenge?: string | undefined
}

export interface TokenRequest {
  /** The request parameters as the client sent them: the query string, or the form body. */
  parameters?: string | undefined
  /** Number of the client. */
  clientId?: string | number | undefined
  /** The client secret of the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: string | Array<Property> | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** The OAuth-Client-Attestation header of the request. */
  oauthClientAttestation?: string | undefined
  /** The OAuth-Client-Attestation-PoP header of the request. */
  oauthClientAttestationPop?: string | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  refreshTokenDuration?: number | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** Options for client ID metadata documents. */
  cimdOptions?: {
    /** Whether the metadata document is fetched even if it is cached. */
    alwaysRetrieved?: boolean | undefined
    /** Whether the URL may have the scheme `http`. */
    httpPermitted?: boolean | undefined
    /** Whether the URL may have a query. */
    queryPermitted?: boolean | undefined
  } | undefined
}

export interface TokenIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'OK'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Lifetime of the access token in seconds; 0 if it does not expire. */
  accessTokenDuration?: number | undefined
  /** The refresh token. In a request for new tokens, the value that the caller chooses for it. */
  refreshToken?: string | undefined
  /** When the refresh token expires, in milliseconds since the epoch. */
  refreshTokenExpiresAt?: number | undefined
  /** Lifetime of the refresh token in seconds. */
  refreshTokenDuration?: number | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** The access token, if it is a JWT. */
  jwtAccessToken?: string | undefined
  /** Resources that the access token is for, RFC 8707. */
  accessTokenResources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** Scopes of the refresh token. */
  refreshTokenScopes?: Array<string> | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
}

export interface TokenIssueRequest {
  /** The ticket of the request, valid until the caller decides the request. Single use. */
  ticket: string
  /** Unique identifier of the user at the service. */
  subject: string
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  refreshTokenDuration?: number | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** The datasets of the user for each credential configuration (OpenID4VCI §6.2); without any, a configuration has one dataset, of the same identifier. */
  credentialIdentifiers?: Array<CredentialIdentifiers> | undefined
}

export interface TokenFailResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST'
  /** The error response for the client. */
  responseContent?: string | undefined
}

export interface TokenFailRequest {
  /** The ticket of the token request. */
  ticket: string
  /** Why the request fails; it decides the error code in the response for the client. */
  reason?: 'UNKNOWN' | 'INVALID_RESOURCE_OWNER_CREDENTIALS' | 'INVALID_TARGET' | 'INVALID_CLIENT' | 'UNAUTHORIZED_CLIENT' | 'INVALID_SCOPE' | undefined
}

export interface TokenImportResponse {
  /** How many entries were stored. */
  imported: number
  /** How many were not, because they were imported before: what became of them since stays. */
  present: number
  /** How many were not, because their tokens have expired. */
  expired: number
  /** How many records of granted scopes were stored. */
  grantedScopes: number
}

export interface TokenImportRequest {
  /** The tokens, one entry for each authorization. */
  tokens?: Array<ImportedTokens> | undefined
  /** What users granted beyond the life of tokens. It is stored where nothing is known of it. */
  grantedScopes?: Array<ImportedGrantedScopes> | undefined
}

export interface ImportedTokens {
  /** Number or alias of the client. */
  clientIdentifier: string | number
  /** The grant type that the tokens came by. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** The user. Required for each grant type except CLIENT_CREDENTIALS. */
  subject?: string | undefined
  /** The scopes of the tokens. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** SHA-256 thumbprint of the certificate that the token is bound to, base64url. */
  certificateThumbprint?: string | undefined
  /** JWK thumbprint of the DPoP key that the token is bound to. */
  dpopKeyThumbprint?: string | undefined
  /** When the tokens were issued, in milliseconds since the epoch; now if absent. The maximum lifetime of refresh tokens counts from then. */
  createdAt?: number | undefined
  /** The access token. */
  accessToken?: {
    /** The SHA-256 of the token as base64url without padding: 43 characters. */
    hash: string
    /** When the token expires, in milliseconds since the epoch. */
    expiresAt: number
  } | undefined
  /** The refresh token of the same authorization. */
  refreshToken?: {
    /** The SHA-256 of the token as base64url without padding: 43 characters. */
    hash?: string | undefined
    /** What names the token in a former system that has no SHA-256 of it. */
    former?: {
      /** A format that `ext.formerTokens` of the service names. */
      format: 'sha-1' | 'sha-224' | 'sha-384' | 'sha-512' | 'hydra' | 'keycloak'
      /** What the former system stored of the token: its digest as base64url without padding; with `hydra` the part after the dot; with `keycloak` the session of the token as JSON text, such as `["Refresh","<sid>","<azp>"]` or `["Offline",…]`. */
      identifier: string
    } | undefined
    /** When the token expires, in milliseconds since the epoch. */
    expiresAt: number
  } | undefined
}

export interface ImportedGrantedScopes {
  /** Number or alias of the client. */
  clientIdentifier: string | number
  /** The user. */
  subject: string
  /** The scopes that the user granted to the client. */
  scopes: Array<string>
}

export interface Acting {
  /** For whom the caller makes the call, for the audit log: a claim, which is not verified. It precedes the header field `Postern-Actor`. */
  actingSubject?: string | undefined
}

export interface RevocationsResponse {
  /** The log is complete for tokens that were issued then or later, in milliseconds since the epoch. Others must be introspected. */
  since: number
  /** Whether the response is the beginning of the log: what former responses told is to be forgotten. */
  reset: boolean
  /** Whether all is returned that was in the log when the call arrived, or the first of several calls. If not, call again at once. */
  complete: boolean
  /** Where the next call goes on. */
  cursor: string
  /** Access tokens that ended or changed before their time: what they say is no longer so, and introspection tells what is. An entry may come twice. */
  tokens: Array<{
    /** The last 8 bytes of the SHA-256 of the access token, hexadecimal. */
    name: string
    /** When the token would have expired, in milliseconds since the epoch. */
    expiresAt: number
  }>
  /** Values of `client_id` in tokens of clients that were locked, or named differently: their tokens must be introspected. */
  clients: Array<string>
}

export interface RevocationsRequest {
  /** The `cursor` of the previous response: what came after it is returned. Without it, the log is returned from its beginning. */
  cursor?: string | undefined
}

export interface NativeSsoResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'INTERNAL_SERVER_ERROR' | 'CALLER_ERROR'
  /** The token response for the client. */
  responseContent?: string | undefined
  /** The ID Token. */
  idToken?: string | undefined
}

export interface NativeSsoRequest {
  /** The access token that the token endpoint issued; the JWT, if it issued one. */
  accessToken?: string | undefined
  /** The refresh token that was issued with the access token. */
  refreshToken?: string | undefined
  /** The subject for the client, if it differs from the unique identifier of the user. */
  sub?: string | undefined
  /** Claims for the ID Token, as JSON text. */
  claims?: string | undefined
  /** Header parameters to add to the ID Token, as JSON text of an object. */
  idtHeaderParams?: string | undefined
  /** Whether aud of the ID Token is an array or a string. */
  idTokenAudType?: 'array' | 'string' | undefined
  /** The device secret for the response. It is not stored. */
  deviceSecret?: string | undefined
  /** Hash of the device secret for the ID Token; base64url of its SHA-256 if absent. */
  deviceSecretHash?: string | undefined
}

export interface NativeSsoLogoutResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'SERVER_ERROR' | 'CALLER_ERROR'
  /** Number of access and refresh tokens that were deleted. */
  count?: number | undefined
}

export interface NativeSsoLogoutRequest {
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
}

export interface SessionCreateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'CREATED' | 'EXISTS' | 'LIMIT_REACHED' | 'SERVER_ERROR'
  /** The session. */
  session?: {
    /** Identifier of the session. */
    sessionId: string
    /** Unique identifier of the user. */
    subject: string
    /** Whether the session lives. */
    status: 'LIVE' | 'ENDED' | 'EXPIRED'
    /** When it was created, in milliseconds since the epoch. */
    createdAt: number
    /** When it was last used, in milliseconds since the epoch. */
    lastSeenAt: number
    /** When it expires if it is not used, in milliseconds. */
    expiresAt: number
    /** When it ends however it is used, in milliseconds. */
    endsAt: number
    /** When it ended, in milliseconds since the epoch. */
    endedAt?: number | undefined
    /** Why it ended. */
    endReason?: 'LOGOUT' | 'LOGOUT_RP' | 'ADMIN' | 'REPLACED' | 'EXPIRED' | 'LIMIT' | undefined
    /** When the user authenticated, in seconds. */
    authTime?: number | undefined
    /** Authentication context class of the authentication. */
    acr?: string | undefined
    /** Authentication methods, RFC 8176. */
    amr?: Array<string> | undefined
    /** The device, as the caller described it. */
    device?: {
      /** Name of the device, for lists that the user sees. */
      name?: string | undefined
      /** `User-Agent` of the browser; removed at the end. */
      userAgent?: string | undefined
      /** Address of the browser; removed at the end. */
      ipAddress?: string | undefined
    } | undefined
    /** What the caller attached to the session. */
    properties?: Array<{
      /** Name of the property. */
      key: string
      /** Value of the property. */
      value?: string | undefined
    }> | undefined
    /** The clients that take part in the session. */
    clients?: Array<SessionClient> | undefined
  } | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
}

export interface SessionClient {
  /** Number of the client. */
  clientId: number
  /** Name of the client. */
  clientName?: string | undefined
  /** Name of the session towards the client: `sid` of its ID Tokens. */
  sid: string
  /** When the client was first issued something in the session. */
  firstAt: number
  /** When the client was last issued something in the session. */
  lastAt: number
}

export interface SessionCreateRequest {
  /** Unique identifier of the user at the service. */
  subject: string
  /** Identifier of the session; without it, a random one. Identifiers are never used again. */
  sessionId?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the authentication. */
  acr?: string | undefined
  /** Authentication methods, RFC 8176. */
  amr?: Array<string> | undefined
  /** Seconds from now after which the session ends, however it is used. */
  durationSeconds?: number | undefined
  /** Seconds without use after which the session expires; 0 for no such limit. */
  idleSeconds?: number | undefined
  /** The device, as lists for the user show it. */
  device?: {
    /** Name of the device, for lists that the user sees. */
    name?: string | undefined
    /** `User-Agent` of the browser; removed at the end. */
    userAgent?: string | undefined
    /** Address of the browser; removed at the end. */
    ipAddress?: string | undefined
  } | undefined
  /** What the caller attaches to the session. */
  properties?: Array<{
    /** Name of the property. */
    key: string
    /** Value of the property. */
    value?: string | undefined
  }> | undefined
  /** A session that the browser had until now. It ends in the same transaction. */
  replaces?: string | undefined
}

export interface SessionGetResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'ENDED' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The session. */
  session?: {
    /** Identifier of the session. */
    sessionId: string
    /** Unique identifier of the user. */
    subject: string
    /** Whether the session lives. */
    status: 'LIVE' | 'ENDED' | 'EXPIRED'
    /** When it was created, in milliseconds since the epoch. */
    createdAt: number
    /** When it was last used, in milliseconds since the epoch. */
    lastSeenAt: number
    /** When it expires if it is not used, in milliseconds. */
    expiresAt: number
    /** When it ends however it is used, in milliseconds. */
    endsAt: number
    /** When it ended, in milliseconds since the epoch. */
    endedAt?: number | undefined
    /** Why it ended. */
    endReason?: 'LOGOUT' | 'LOGOUT_RP' | 'ADMIN' | 'REPLACED' | 'EXPIRED' | 'LIMIT' | undefined
    /** When the user authenticated, in seconds. */
    authTime?: number | undefined
    /** Authentication context class of the authentication. */
    acr?: string | undefined
    /** Authentication methods, RFC 8176. */
    amr?: Array<string> | undefined
    /** The device, as the caller described it. */
    device?: {
      /** Name of the device, for lists that the user sees. */
      name?: string | undefined
      /** `User-Agent` of the browser; removed at the end. */
      userAgent?: string | undefined
      /** Address of the browser; removed at the end. */
      ipAddress?: string | undefined
    } | undefined
    /** What the caller attached to the session. */
    properties?: Array<{
      /** Name of the property. */
      key: string
      /** Value of the property. */
      value?: string | undefined
    }> | undefined
    /** The clients that take part in the session. */
    clients?: Array<SessionClient> | undefined
  } | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
}

export interface SessionGetRequest {
  /** Identifier of the session. */
  sessionId: string
  /** Whether the look-up is a use of the session, which puts off its expiry. */
  touch?: boolean | undefined
  /** Whether the response has the clients that take part in the session. */
  withClients?: boolean | undefined
}

export interface SessionUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'ENDED' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The session. */
  session?: {
    /** Identifier of the session. */
    sessionId: string
    /** Unique identifier of the user. */
    subject: string
    /** Whether the session lives. */
    status: 'LIVE' | 'ENDED' | 'EXPIRED'
    /** When it was created, in milliseconds since the epoch. */
    createdAt: number
    /** When it was last used, in milliseconds since the epoch. */
    lastSeenAt: number
    /** When it expires if it is not used, in milliseconds. */
    expiresAt: number
    /** When it ends however it is used, in milliseconds. */
    endsAt: number
    /** When it ended, in milliseconds since the epoch. */
    endedAt?: number | undefined
    /** Why it ended. */
    endReason?: 'LOGOUT' | 'LOGOUT_RP' | 'ADMIN' | 'REPLACED' | 'EXPIRED' | 'LIMIT' | undefined
    /** When the user authenticated, in seconds. */
    authTime?: number | undefined
    /** Authentication context class of the authentication. */
    acr?: string | undefined
    /** Authentication methods, RFC 8176. */
    amr?: Array<string> | undefined
    /** The device, as the caller described it. */
    device?: {
      /** Name of the device, for lists that the user sees. */
      name?: string | undefined
      /** `User-Agent` of the browser; removed at the end. */
      userAgent?: string | undefined
      /** Address of the browser; removed at the end. */
      ipAddress?: string | undefined
    } | undefined
    /** What the caller attached to the session. */
    properties?: Array<{
      /** Name of the property. */
      key: string
      /** Value of the property. */
      value?: string | undefined
    }> | undefined
    /** The clients that take part in the session. */
    clients?: Array<SessionClient> | undefined
  } | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
}

export interface SessionUpdateRequest {
  /** Identifier of the session. */
  sessionId: string
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the authentication. */
  acr?: string | undefined
  /** Authentication methods, RFC 8176. */
  amr?: Array<string> | undefined
  /** Seconds from now after which the session ends, however it is used. */
  durationSeconds?: number | undefined
  /** Seconds without use after which the session expires; 0 for no such limit. */
  idleSeconds?: number | undefined
  /** The device, as lists for the user show it. */
  device?: {
    /** Name of the device, for lists that the user sees. */
    name?: string | undefined
    /** `User-Agent` of the browser; removed at the end. */
    userAgent?: string | undefined
    /** Address of the browser; removed at the end. */
    ipAddress?: string | undefined
  } | undefined
  /** What the caller attaches to the session. */
  properties?: Array<{
    /** Name of the property. */
    key: string
    /** Value of the property. */
    value?: string | undefined
  }> | undefined
  /** Whether the response has a new browser state, so that clients look again. */
  freshBrowserState?: boolean | undefined
}

export interface SessionListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'SERVER_ERROR'
  /** The sessions, the last used first. */
  sessions?: Array<Session> | undefined
  /** Index of the first item. */
  start?: number | undefined
  /** Index after the last requested item. */
  end?: number | undefined
  /** Number of all items. */
  totalCount?: number | undefined
}

export interface Session {
  /** Identifier of the session. */
  sessionId: string
  /** Unique identifier of the user. */
  subject: string
  /** Whether the session lives. */
  status: 'LIVE' | 'ENDED' | 'EXPIRED'
  /** When it was created, in milliseconds since the epoch. */
  createdAt: number
  /** When it was last used, in milliseconds since the epoch. */
  lastSeenAt: number
  /** When it expires if it is not used, in milliseconds. */
  expiresAt: number
  /** When it ends however it is used, in milliseconds. */
  endsAt: number
  /** When it ended, in milliseconds since the epoch. */
  endedAt?: number | undefined
  /** Why it ended. */
  endReason?: 'LOGOUT' | 'LOGOUT_RP' | 'ADMIN' | 'REPLACED' | 'EXPIRED' | 'LIMIT' | undefined
  /** When the user authenticated, in seconds. */
  authTime?: number | undefined
  /** Authentication context class of the authentication. */
  acr?: string | undefined
  /** Authentication methods, RFC 8176. */
  amr?: Array<string> | undefined
  /** The device, as the caller described it. */
  device?: {
    /** Name of the device, for lists that the user sees. */
    name?: string | undefined
    /** `User-Agent` of the browser; removed at the end. */
    userAgent?: string | undefined
    /** Address of the browser; removed at the end. */
    ipAddress?: string | undefined
  } | undefined
  /** What the caller attached to the session. */
  properties?: Array<{
    /** Name of the property. */
    key: string
    /** Value of the property. */
    value?: string | undefined
  }> | undefined
  /** The clients that take part in the session. */
  clients?: Array<SessionClient> | undefined
}

export interface SessionListRequest {
  /** Index of the first item, from 0. */
  start?: number | null | undefined
  /** Index after the last item; a page has at most 1,000 items. */
  end?: number | null | undefined
  /** Unique identifier of the user. */
  subject?: string | undefined
  /** Number or alias of the client. */
  clientIdentifier?: string | undefined
  /** Which sessions: `LIVE`, those that have ended or have expired, or all. */
  status?: 'LIVE' | 'ENDED' | 'ALL' | undefined
  /** Whether the response has the clients that take part in each session. */
  withClients?: boolean | undefined
}

export interface SessionDeleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** Number of sessions that this call ended. */
  count?: number | undefined
  /** Number of tokens that were revoked. */
  tokenCount?: number | undefined
  /** Names this end: for the list of deliveries. */
  logoutId?: string | undefined
  /** The back-channel notifications of clients that took part. */
  deliveries?: Array<LogoutDeliveryStatus> | undefined
  /** What the browser is to load in iframes, OIDC Front-Channel Logout §2. */
  frontchannelLogoutUris?: Array<string> | undefined
  /** Number of front-channel clients beyond those in `frontchannelLogoutUris`. */
  frontchannelOmitted?: number | undefined
}

export interface LogoutDeliveryStatus {
  /** Identifier of the delivery. */
  deliveryId: string
  /** Number of the client. */
  clientId: number
  /** What became of it so far. */
  status: 'PENDING' | 'DELIVERED' | 'DEAD' | 'SKIPPED'
}

export interface SessionDeleteRequest {
  /** The session to end. */
  sessionId?: string | undefined
  /** The user whose sessions are ended, instead of one session. */
  subject?: string | undefined
  /** With `subject`: the session that goes on, such as the one of the browser at hand. */
  exceptSessionId?: string | undefined
  /** Number or alias of a client: only its part of the sessions ends. */
  clientIdentifier?: string | undefined
  /** Whether tokens with the scope `offline_access` are revoked, too. */
  revokeOffline?: boolean | undefined
  /** Milliseconds to wait for the first attempts to notify the clients. */
  waitMs?: number | undefined
  /** A note for the list of deliveries. */
  reason?: string | undefined
  /** With `subject`: whether what is kept about its ended sessions is removed, too. */
  erase?: boolean | undefined
}

export interface SessionIframeResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR'
  /** The page, or the error as JSON. */
  responseContent?: string | undefined
  /** `Content-Security-Policy` of the page: which sites may embed it. */
  contentSecurityPolicy?: string | undefined
  /** Whether the session lives, if the call names one. */
  live?: boolean | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
}

export interface SessionIframeRequest {
  /** Number or alias of the only client whose pages may embed the iframe. */
  clientIdentifier?: string | undefined
  /** The session of the browser, if it has one. */
  sessionId?: string | undefined
  /** Name of the readable cookie with the browser state. */
  cookieName?: string | undefined
  /** How often the iframe asks the frontend whether the session lives; 0 for never. */
  refreshSeconds?: number | undefined
  /** The path of the frontend that the iframe asks. */
  refreshPath?: string | undefined
}

export interface LogoutResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERACTION' | 'LOCATION' | 'PAGE' | 'OK' | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR'
  /** The URI, the page or the JSON that the browser gets, by the action. */
  responseContent?: string | undefined
  /** `Content-Security-Policy` of the page, if the action is PAGE. */
  contentSecurityPolicy?: string | undefined
  /** Number of sessions that this call ended. */
  count?: number | undefined
  /** Names this end: for the list of deliveries. */
  logoutId?: string | undefined
  /** The back-channel notifications of clients that took part. */
  deliveries?: Array<LogoutDeliveryStatus> | undefined
  /** What the browser is to load in iframes, OIDC Front-Channel Logout §2. */
  frontchannelLogoutUris?: Array<string> | undefined
  /** Number of front-channel clients beyond those in `frontchannelLogoutUris`. */
  frontchannelOmitted?: number | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
  /** The ticket for the decision of the user. */
  ticket?: string | undefined
  /** Seconds in which the ticket can be used. */
  expiresIn?: number | undefined
  /** Why the user must be asked. */
  reasons?: Array<'NO_HINT' | 'HINT_INVALID' | 'OTHER_SESSION' | 'OTHER_SUBJECT' | 'REDIRECT_REFUSED' | 'POLICY'> | undefined
  /** The client that requests the logout. */
  client?: {
    /** The number of the client within its service, below 2^31. */
    number: number
    /** The client ID, below 2^53. */
    clientId: number
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  } | undefined
  /** The session that would end. */
  sessionId?: string | undefined
  /** Whether it is the session of the browser. */
  current?: boolean | undefined
  /** The user of the session, if it is the session of the browser. */
  subject?: string | undefined
  /** The clients that would be logged out, if it is the session of the browser. */
  clients?: Array<SessionClient> | undefined
  /** The preferred languages of the user. */
  uiLocales?: Array<string> | undefined
  /** The `logout_hint` of the request. */
  logoutHint?: string | undefined
  /** The `post_logout_redirect_uri` of the request, if it is accepted. */
  postLogoutRedirectUri?: string | undefined
  /** Why the `post_logout_redirect_uri` of the request is not used. */
  redirectRefused?: {
    /** The result code of the reason. */
    resultCode: string
    /** The reason. */
    resultMessage: string
  } | undefined
}

export interface LogoutRequest {
  /** The query or the form body of the logout request, as it came; may be empty. */
  parameters: string
  /** The session of the browser, if it has one. */
  sessionId?: string | undefined
  /** The user of the browser, if the service keeps no sessions. */
  subject?: string | undefined
  /** Whether the user has to confirm in any case. */
  confirm?: boolean | undefined
  /** Milliseconds to wait for the first attempts to notify the clients; without it, the attribute `ext.logout.wait_ms` of the service applies. */
  waitMs?: number | undefined
}

export interface LogoutIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'LOCATION' | 'PAGE' | 'OK' | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR'
  /** The URI, the page or the JSON that the browser gets, by the action. */
  responseContent?: string | undefined
  /** `Content-Security-Policy` of the page, if the action is PAGE. */
  contentSecurityPolicy?: string | undefined
  /** Number of sessions that this call ended. */
  count?: number | undefined
  /** Names this end: for the list of deliveries. */
  logoutId?: string | undefined
  /** The back-channel notifications of clients that took part. */
  deliveries?: Array<LogoutDeliveryStatus> | undefined
  /** What the browser is to load in iframes, OIDC Front-Channel Logout §2. */
  frontchannelLogoutUris?: Array<string> | undefined
  /** Number of front-channel clients beyond those in `frontchannelLogoutUris`. */
  frontchannelOmitted?: number | undefined
  /** A new value for the cookie of the browser state, OIDC Session Management §2. */
  browserState?: string | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
  /** Whether the session of the browser ended, so that its cookie is removed. */
  current?: boolean | undefined
}

export interface LogoutIssueRequest {
  /** The ticket of the logout request. Single use. */
  ticket: string
  /** What ends: the session; only the part of the client that requested the logout; or every session of the user. */
  scope?: 'SESSION' | 'CLIENT' | 'SUBJECT' | undefined
  /** Whether tokens with the scope `offline_access` are revoked, too. */
  revokeOffline?: boolean | undefined
  /** Milliseconds to wait for the first attempts to notify the clients; without it, the attribute `ext.logout.wait_ms` of the service applies. */
  waitMs?: number | undefined
}

export interface LogoutFailResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'LOCATION' | 'OK' | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR'
  /** The URI or the JSON that the browser gets, by the action. */
  responseContent?: string | undefined
  /** What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR. */
  errorPage?: {
    /** A heading for the user, as plain text. */
    title: string
    /** The OAuth error code. */
    code: string
    /** What is wrong with the request, as plain text. */
    description: string
  } | undefined
}

export interface LogoutFailRequest {
  /** The ticket of the logout request. Single use. */
  ticket: string
  /** Whether the browser goes back to the client, if it has a URI for that. */
  redirect?: boolean | undefined
}

export interface DeviceAuthorizationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'OK'
  /** The response for the device. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Name of the client. */
  clientName?: string | undefined
  /** The requested scopes. */
  scopes?: Array<Scope> | undefined
  /** Names of the claims that the scopes and the claims parameter request. */
  claimNames?: Array<string> | undefined
  /** The requested authentication context classes, the preferred one first. */
  acrs?: Array<string> | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Requested scopes that contain a value, such as `payment:123`. */
  dynamicScopes?: Array<DynamicScope> | undefined
  /** The requested grant management action. */
  gmAction?: 'CREATE' | 'QUERY' | 'REPLACE' | 'REVOKE' | 'MERGE' | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The grant. */
  grant?: {
    /** The granted scopes. */
    scopes?: Array<GrantScope> | undefined
    /** Names of the granted claims. */
    claims?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
    } | undefined
  } | undefined
  /** Unique identifier of the user who granted it. */
  grantSubject?: string | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** How the client authenticated. */
  clientAuthMethod?: string | undefined
  /** The device code, with which the device polls the token endpoint. */
  deviceCode?: string | undefined
  /** The user code, which the user enters at the verification URI. */
  userCode?: string | undefined
  /** URL of the page where the user enters the code. */
  verificationUri?: string | undefined
  /** The same page, with the user code in its URL. */
  verificationUriComplete?: string | undefined
  /** Lifetime of both codes in seconds. */
  expiresIn?: number | undefined
  /** Seconds between two polls of the device. */
  interval?: number | undefined
  /** Warnings about the request. */
  warnings?: Array<string> | undefined
  /** A challenge for client attestation; absent if the client does not use attestation. */
  attestationChallenge?: string | undefined
}

export interface DeviceAuthorizationRequest {
  /** The request parameters as the device sent them: the form body. */
  parameters?: string | undefined
  /** The client id of the Authorization header. */
  clientId?: string | number | undefined
  /** The secret that the client presented in the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** The OAuth-Client-Attestation header of the request. */
  oauthClientAttestation?: string | undefined
  /** The OAuth-Client-Attestation-PoP header of the request. */
  oauthClientAttestationPop?: string | undefined
  /** Options for client ID metadata documents. */
  cimdOptions?: {
    /** Whether the metadata document is fetched even if it is cached. */
    alwaysRetrieved?: boolean | undefined
    /** Whether the URL may have the scheme `http`. */
    httpPermitted?: boolean | undefined
    /** Whether the URL may have a query. */
    queryPermitted?: boolean | undefined
  } | undefined
}

export interface DeviceVerificationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'NOT_EXIST' | 'EXPIRED' | 'VALID'
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Name of the client. */
  clientName?: string | undefined
  /** The requested scopes. */
  scopes?: Array<Scope> | undefined
  /** Names of the claims that the scopes and the claims parameter request. */
  claimNames?: Array<string> | undefined
  /** The requested authentication context classes, the preferred one first. */
  acrs?: Array<string> | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Requested scopes that contain a value, such as `payment:123`. */
  dynamicScopes?: Array<DynamicScope> | undefined
  /** The requested grant management action. */
  gmAction?: 'CREATE' | 'QUERY' | 'REPLACE' | 'REVOKE' | 'MERGE' | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The grant. */
  grant?: {
    /** The granted scopes. */
    scopes?: Array<GrantScope> | undefined
    /** Names of the granted claims. */
    claims?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
    } | undefined
  } | undefined
  /** Unique identifier of the user who granted it. */
  grantSubject?: string | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** When the user code expires, in milliseconds since the epoch. */
  expiresAt?: number | undefined
}

export interface DeviceVerificationRequest {
  /** The code as the user typed it: case, spaces and dashes make no difference. */
  userCode: string
}

export interface DeviceCompleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SERVER_ERROR' | 'USER_CODE_NOT_EXIST' | 'USER_CODE_EXPIRED' | 'INVALID_REQUEST' | 'SUCCESS'
}

export interface DeviceCompleteRequest {
  /** The code as the user typed it. */
  userCode: string
  /** The decision of the user, or TRANSACTION_FAILED if there was none. */
  result: 'TRANSACTION_FAILED' | 'ACCESS_DENIED' | 'AUTHORIZED'
  /** Unique identifier of the user at the service; required if the result is AUTHORIZED. */
  subject?: string | undefined
  /** The subject for the client, if it differs from the unique identifier of the user. */
  sub?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** Claims for the ID Token, as JSON text. */
  claims?: string | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Names of the granted scopes; those of the request if absent. */
  scopes?: Array<string> | undefined
  /** The error_description for the device, if the result is not AUTHORIZED. */
  errorDescription?: string | undefined
  /** The error_uri for the device, if the result is not AUTHORIZED. */
  errorUri?: string | undefined
  /** Header parameters to add to the ID Token, as JSON text of an object. */
  idtHeaderParams?: string | undefined
  /** Names of the claims that the user consented to. */
  consentedClaims?: Array<string> | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  refreshTokenDuration?: number | undefined
  /** Whether aud of the ID Token is an array or a string; an array if absent. */
  idTokenAudType?: 'array' | 'string' | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** Claims for UserInfo responses, as JSON text. They are stored if the service has `ext.userinfo.stored_claims` = `true`. */
  userInfoClaims?: string | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
}

export interface BackchannelAuthenticationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'USER_IDENTIFICATION'
  /** The error response for the client. */
  responseContent?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Name of the client. */
  clientName?: string | undefined
  /** The requested scopes. */
  scopes?: Array<Scope> | undefined
  /** Names of the claims that the scopes and the claims parameter request. */
  claimNames?: Array<string> | undefined
  /** The bearer token for the notification endpoint of the client. */
  clientNotificationToken?: string | undefined
  /** The requested authentication context classes, the preferred one first. */
  acrs?: Array<string> | undefined
  /** Which hint the request has: LOGIN_HINT_TOKEN, ID_TOKEN_HINT or LOGIN_HINT. */
  hintType?: string | undefined
  /** The hint that identifies the user. */
  hint?: string | undefined
  /** The subject of the id_token_hint, which was verified. */
  sub?: string | undefined
  /** Text that both devices show, for the user to compare. */
  bindingMessage?: string | undefined
  /** The user_code of the request, which the caller must check. */
  userCode?: string | undefined
  /** Whether requests of the client must contain a user_code. */
  userCodeRequired?: boolean | undefined
  /** The requested_expiry of the request, in seconds; 0 if the request has none. */
  requestedExpiry?: number | undefined
  /** The claim request_context of a signed request, as JSON text. */
  requestContext?: string | undefined
  /** Which parts of the request were ignored, and why. */
  warnings?: Array<string> | undefined
  /** The ticket of the request, for issuing, failing and completing it. */
  ticket?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Requested scopes that contain a value, such as `payment:123`. */
  dynamicScopes?: Array<DynamicScope> | undefined
  /** The CIBA delivery mode of the client. */
  deliveryMode?: 'PING' | 'POLL' | 'PUSH' | undefined
  /** How the client authenticated. */
  clientAuthMethod?: string | undefined
  /** The requested grant management action. */
  gmAction?: 'CREATE' | 'QUERY' | 'REPLACE' | 'REVOKE' | 'MERGE' | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The grant. */
  grant?: {
    /** The granted scopes. */
    scopes?: Array<GrantScope> | undefined
    /** Names of the granted claims. */
    claims?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
    } | undefined
  } | undefined
  /** Unique identifier of the user who granted it. */
  grantSubject?: string | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** A challenge for client attestation; absent if the client does not use attestation. */
  attestationChallenge?: string | undefined
}

export interface BackchannelAuthenticationRequest {
  /** The form body of the request, as the client sent it. */
  parameters?: string | undefined
  /** The client id of the Authorization header. */
  clientId?: string | number | undefined
  /** The secret of the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** The OAuth-Client-Attestation header of the request. */
  oauthClientAttestation?: string | undefined
  /** The OAuth-Client-Attestation-PoP header of the request. */
  oauthClientAttestationPop?: string | undefined
  /** Options for client ID metadata documents. */
  cimdOptions?: {
    /** Whether the metadata document is fetched even if it is cached. */
    alwaysRetrieved?: boolean | undefined
    /** Whether the URL may have the scheme `http`. */
    httpPermitted?: boolean | undefined
    /** Whether the URL may have a query. */
    queryPermitted?: boolean | undefined
  } | undefined
}

export interface BackchannelAuthenticationIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'INVALID_TICKET' | 'OK'
  /** The response for the client. */
  responseContent?: string | undefined
  /** The identifier of the request: auth_req_id. */
  authReqId?: string | undefined
  /** Lifetime of the auth_req_id in seconds. */
  expiresIn?: number | undefined
  /** Seconds between two polls of the client; absent in push mode. */
  interval?: number | undefined
}

export interface BackchannelAuthenticationIssueRequest {
  /** The ticket of the backchannel authentication request. Single use. */
  ticket?: string | undefined
}

export interface BackchannelAuthenticationFailResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'FORBIDDEN'
  /** The error response for the client. */
  responseContent?: string | undefined
}

export interface BackchannelAuthenticationFailRequest {
  /** The ticket of the backchannel authentication request. */
  ticket: string
  /** Why the request fails; it decides the error code in the response for the client. */
  reason?: 'ACCESS_DENIED' | 'EXPIRED_LOGIN_HINT_TOKEN' | 'INVALID_BINDING_MESSAGE' | 'INVALID_TARGET' | 'INVALID_USER_CODE' | 'MISSING_USER_CODE' | 'SERVER_ERROR' | 'UNAUTHORIZED_CLIENT' | 'UNKNOWN_USER_ID' | undefined
  /** Replaces the error_description in the response for the client. */
  errorDescription?: string | undefined
  /** The error_uri in the response for the client: a page about the error. */
  errorUri?: string | undefined
}

export interface BackchannelAuthenticationCompleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SERVER_ERROR' | 'NO_ACTION' | 'NOTIFICATION'
  /** The body of the notification, or the error of the call. */
  responseContent?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** Name of the client. */
  clientName?: string | undefined
  /** The CIBA delivery mode of the client. */
  deliveryMode?: 'PING' | 'POLL' | 'PUSH' | undefined
  /** URL of the notification endpoint of the client. */
  clientNotificationEndpoint?: string | undefined
  /** The bearer token for the notification endpoint of the client. */
  clientNotificationToken?: string | undefined
  /** The identifier of the request: auth_req_id. */
  authReqId?: string | undefined
  /** The access token, in push mode. */
  accessToken?: string | undefined
  /** The refresh token, in push mode. */
  refreshToken?: string | undefined
  /** The ID Token, in push mode. */
  idToken?: string | undefined
  /** Lifetime of the access token in seconds, in push mode; 0 if none is issued. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds, in push mode; 0 if none is issued. */
  refreshTokenDuration?: number | undefined
  /** Lifetime of the ID Token in seconds, in push mode; 0 if none is issued. */
  idTokenDuration?: number | undefined
  /** The access token, if it is a JWT. */
  jwtAccessToken?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
}

export interface BackchannelAuthenticationCompleteRequest {
  /** The ticket of the request. A request is completed once. */
  ticket: string
  /** The decision of the user, or TRANSACTION_FAILED if there was none. */
  result: 'TRANSACTION_FAILED' | 'ACCESS_DENIED' | 'AUTHORIZED'
  /** Unique identifier of the user at the service; required if the result is AUTHORIZED. */
  subject?: string | undefined
  /** The subject for the client, if it differs from the unique identifier of the user. */
  sub?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** Claims for the ID Token, as JSON text. */
  claims?: string | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Names of the granted scopes; those of the request if absent. */
  scopes?: Array<string> | undefined
  /** Header parameters to add to the ID Token, as JSON text of an object. */
  idtHeaderParams?: string | undefined
  /** Replaces the error_description in the response for the client. */
  errorDescription?: string | undefined
  /** The error_uri in the response for the client: a page about the error. */
  errorUri?: string | undefined
  /** Names of claims that the user consented to. */
  consentedClaims?: Array<string> | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** The value that the caller chooses for an access token in push mode. */
  accessToken?: string | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  refreshTokenDuration?: number | undefined
  /** Whether aud of the ID Token is an array or a string; an array if absent. */
  idTokenAudType?: 'array' | 'string' | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** Claims for UserInfo responses, as JSON text. They are stored if the service has `ext.userinfo.stored_claims` = `true`. */
  userInfoClaims?: string | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
}

export interface BackchannelLogoutTokenResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'SERVER_ERROR' | 'CALLER_ERROR'
  /** The Logout Token, which expires after two minutes and is sent once. */
  logoutToken?: string | undefined
  /** The URL to which the caller sends the token as form parameter `logout_token`. */
  backchannelLogoutUri?: string | undefined
}

export interface BackchannelLogoutTokenRequest {
  /** The client that is notified: its number or its alias, which becomes `aud`. */
  clientIdentifier?: string | number | undefined
  /** Unique identifier of the user who was logged out. Without a `sessionId`, of all sessions. */
  subject?: string | undefined
  /** Identifier of the session that ended, from which `sid` is made. */
  sessionId?: string | undefined
}

export interface BackchannelLogoutDeliverResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** Names the deliveries of this call in their list. */
  logoutId?: string | undefined
  /** The notification of each client. */
  deliveries?: Array<BackchannelLogoutDelivery> | undefined
}

export interface BackchannelLogoutDelivery {
  /** Identifier of the delivery; absent if it is skipped. */
  deliveryId?: string | undefined
  /** Number of the client. */
  clientId: number
  /** The session that the client is told of. */
  sessionId?: string | undefined
  /** What became of it so far. `SKIPPED`: the client has no `backchannelLogoutUri`, requires a `sid` where none is known, or takes no part in the session. */
  status: 'PENDING' | 'DELIVERED' | 'DEAD' | 'SKIPPED'
}

export interface BackchannelLogoutDeliverRequest {
  /** Identifier of the session that ended at the caller. */
  sessionId?: string | undefined
  /** Unique identifier of the user. Without a `sessionId`, the user was logged out everywhere. */
  subject?: string | undefined
  /** Numbers or aliases of the clients to notify. Required while `ext.session.registry` is `off`; with `on`, all participants are notified without it, and otherwise those that are named. */
  clientIdentifiers?: Array<string | number> | undefined
  /** Milliseconds to wait for the first attempts to notify the clients. */
  waitMs?: number | undefined
}

export interface LogoutDeliveryListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'SERVER_ERROR'
  /** Index of the first item. */
  start?: number | undefined
  /** Index after the last requested item. */
  end?: number | undefined
  /** The deliveries; the newest come first. */
  deliveries?: Array<LogoutDelivery> | undefined
  /** Number of deliveries that wait, of those that the call selects by the rest. */
  pendingCount?: number | undefined
  /** Number of deliveries that were given up, of the same ones. */
  deadCount?: number | undefined
}

export interface LogoutDelivery {
  /** Identifier of the delivery. */
  deliveryId: string
  /** What the client is told. */
  kind: 'backchannel-logout'
  /** Names the logout, as in the response of the call that made it. */
  logoutId: string
  /** Number of the client. */
  clientId: number
  /** The session that ended. */
  sessionId?: string | undefined
  /** Unique identifier of the user. */
  subject?: string | undefined
  /** The note of the call that made it. */
  reason?: string | undefined
  /** `PENDING`: it is sent, now or later; `DELIVERED`: the client accepted it; `DEAD`: it was given up. */
  status: 'PENDING' | 'DELIVERED' | 'DEAD'
  /** Number of attempts that were begun. */
  attempts: number
  /** When it was stored, in milliseconds since the epoch. */
  createdAt: number
  /** When it is sent next, in milliseconds since the epoch. */
  nextAttemptAt?: number | undefined
  /** When it was delivered or given up, in milliseconds since the epoch. */
  finishedAt?: number | undefined
  /** HTTP status of the last answer, if it was an error. */
  lastStatus?: number | undefined
  /** Why the last attempt failed: `status`, `timeout`, `network`, `redirect`, `invalid-url`, `forbidden-address`, `busy`, or the result code of a token that could not be signed. */
  lastError?: string | undefined
}

export interface LogoutDeliveryListRequest {
  /** Only those of a logout. */
  logoutId?: string | undefined
  /** Only those of a session. */
  sessionId?: string | undefined
  /** Only those of a user. */
  subject?: string | undefined
  /** Only those of a client: its number or its alias. */
  clientIdentifier?: string | number | undefined
  /** Only those with the status. */
  status?: 'PENDING' | 'DELIVERED' | 'DEAD' | undefined
  /** Index of the first item, from 0. */
  start?: number | null | undefined
  /** Index after the last item; a page has at most 1,000 items. */
  end?: number | null | undefined
}

export interface LogoutDeliveryRetryResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** Number of deliveries that are sent again. */
  count?: number | undefined
}

export interface LogoutDeliveryRetryRequest {
  /** Identifiers of deliveries. Those that were not given up stay as they are. */
  deliveryIds?: Array<string> | undefined
  /** Instead: number or alias of a client, with `status`. */
  clientIdentifier?: string | number | undefined
  /** With `clientIdentifier`: all deliveries of the client that were given up. */
  status?: 'DEAD' | undefined
}

export interface IdtokenReissueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'INTERNAL_SERVER_ERROR' | 'CALLER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The new ID Token. */
  idToken?: string | undefined
}

export interface IdtokenReissueRequest {
  /** The access token from the response of the refresh. */
  accessToken: string
  /** The refresh token from the response of the refresh. */
  refreshToken: string
  /** The subject for the client, if it differs from the subject of the token. */
  sub?: string | undefined
  /** Claims to add to the ID Token, as JSON text. */
  claims?: string | undefined
  /** Header parameters to add to the ID Token, as JSON text. */
  idtHeaderParams?: string | undefined
  /** Whether aud of the ID Token is an array or a string; an array if absent. */
  idTokenAudType?: 'array' | 'string' | undefined
}

export interface UserinfoResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'OK'
  /** Names of the requested claims. */
  claims?: Array<string> | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** The access token. */
  token?: string | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** The member userinfo of the claims parameter, as JSON text. */
  userInfoClaims?: string | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** Names of claims that the user consented to. */
  consentedClaims?: Array<string> | undefined
  /** Claims that transformed claims are computed from. */
  requestedClaimsForTx?: Array<string> | undefined
  /** Verified claims that transformed claims are computed from. */
  requestedVerifiedClaimsForTx?: Array<Array<string>> | undefined
  /** Definitions of the transformed claims of the request, as JSON text. */
  transformedClaims?: string | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
}

export interface UserinfoRequest {
  /** The access token. */
  token?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** URL of the request, for HTTP message signatures. */
  uri?: string | undefined
  /** Body of the request, for HTTP message signatures. */
  message?: string | undefined
  /** Header fields of the request, for HTTP message signatures. */
  headers?: Array<{
    /** The name of the header field or component. */
    key: string
    /** The value of the header field or component. */
    value?: string | undefined
  }> | undefined
  /** URL of the protected resource. */
  targetUri?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** Whether the request has a body. */
  requestBodyContained?: boolean | undefined
}

export interface UserinfoIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'JSON' | 'JWT'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** The Signature header, RFC 9421. */
  signature?: string | undefined
  /** The Signature-Input header, RFC 9421. */
  signatureInput?: string | undefined
  /** The Content-Digest header, RFC 9530. */
  contentDigest?: string | undefined
}

export interface UserinfoIssueRequest {
  /** The access token. */
  token?: string | undefined
  /** Values of the claims, as JSON text. */
  claims?: string | undefined
  /** The subject for the client, if it differs from the unique identifier of the user. */
  sub?: string | undefined
  /** Claims that transformed claims are computed from, as JSON text. */
  claimsForTx?: string | undefined
  /** Signature of the request to UserInfo. */
  requestSignature?: string | undefined
  /** Header fields of the request, for HTTP message signatures. The names `@method` and `@target-uri` stand for its method and URL: if `@method` is present, the signature of the response covers them. */
  headers?: Array<{
    /** The name of the header field or component. */
    key: string
    /** The value of the header field or component. */
    value?: string | undefined
  }> | undefined
  /** Verified claims that transformed claims are computed from, each as JSON text. */
  verifiedClaimsForTx?: Array<string> | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Names of claims, as a list or separated by spaces: the response has no others but `sub`. */
  requestedClaims?: string | Array<string> | undefined
  /** The Accept header of the request. If it prefers `application/jwt`, a client without registered algorithms gets a signed response. */
  httpAcceptHeader?: string | undefined
}

export interface ClaimsPreviewResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST'
  /** The error as JSON. */
  responseContent?: string | undefined
  /** The scopes of the call that the service and the client have. */
  scopes?: Array<string> | undefined
  /** Claims of the user in an ID Token, as JSON text; absent without `openid`. */
  idToken?: string | undefined
  /** Claims of the user in a UserInfo response, as JSON text; absent without `openid`. */
  userInfo?: string | undefined
  /** Claims of the user in an access token, as JSON text; absent if it is no JWT. */
  accessToken?: string | undefined
  /** Claims of the user in an introspection response, as JSON text. */
  introspection?: string | undefined
}

export interface ClaimsPreviewRequest {
  /** Number or alias of the client that the claims are for. */
  clientIdentifier: string
  /** Unique identifier of the user at the service. */
  subject: string
  /** Names of the granted scopes. */
  scopes?: Array<string> | undefined
  /** The `claims` parameter of the authorization request, OIDC Core §5.5. */
  claims?: string | undefined
  /** Names of the claims that the user consented to; absent if not asked. */
  consentedClaims?: Array<string> | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Names of claims, as a list or separated by spaces: the response has no others but `sub`. */
  requestedClaims?: string | Array<string> | undefined
}

export interface IntrospectionResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'OK'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Alias of the client. */
  clientIdAlias?: string | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  expiresAt?: number | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Whether the token exists. */
  existent?: boolean | undefined
  /** Whether the token exists and has not expired. */
  usable?: boolean | undefined
  /** Whether the token has all scopes of the call. */
  sufficient?: boolean | undefined
  /** Whether the token can be refreshed. */
  refreshable?: boolean | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** SHA-256 thumbprint of the certificate that the token is bound to, base64url. */
  certificateThumbprint?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Resources that the access token is for, RFC 8707. */
  accessTokenResources?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Attributes of the service. */
  serviceAttributes?: Array<Pair> | undefined
  /** Attributes of the client. */
  clientAttributes?: Array<Pair> | undefined
  /** The scopes with their attributes. */
  scopeDetails?: Array<Scope> | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The grant. */
  grant?: {
    /** The granted scopes. */
    scopes?: Array<GrantScope> | undefined
    /** Names of the granted claims. */
    claims?: Array<string> | undefined
    /** Authorization details, RFC 9396. */
    authorizationDetails?: {
      /** The elements of the authorization details. */
      elements?: Array<AuthorizationDetailsElement> | undefined
    } | undefined
  } | undefined
  /** Whether the token is for an external attachment. */
  forExternalAttachment?: boolean | undefined
  /** Names of claims that the user consented to. */
  consentedClaims?: Array<string> | undefined
  /** The grant type. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** True if the redirect URI of the request is not registered, and the client is in test mode. */
  test?: boolean | undefined
  /** Entity identifier of the client. */
  clientEntityId?: string | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** Whether the token is for issuing credentials. */
  forCredentialIssuance?: boolean | undefined
  /** Nonce for credential requests. */
  cnonce?: string | undefined
  /** When the nonce expires, in milliseconds since the epoch. */
  cnonceExpiresAt?: number | undefined
  /** Credentials that can be issued, as JSON text. */
  issuableCredentials?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
  /** Whether the protected resource must sign its response. */
  responseSigningRequired?: boolean | undefined
  /** URL of the metadata document of the client. */
  metadataDocumentLocation?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
}

export interface IntrospectionRequest {
  /** The access token. */
  token?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Authentication context classes, one of which the token must satisfy (RFC 9470). */
  acrValues?: Array<string> | undefined
  /** Maximum time since the last authentication of the user, in seconds. */
  maxAge?: number | undefined
  /** Components that the HTTP message signature must cover (RFC 9421). */
  requiredComponents?: Array<string> | undefined
  /** URL of the request, for HTTP message signatures. */
  uri?: string | undefined
  /** Body of the request, for HTTP message signatures. */
  message?: string | undefined
  /** Header fields of the request, for HTTP message signatures. */
  headers?: Array<{
    /** The name of the header field or component. */
    key: string
    /** The value of the header field or component. */
    value?: string | undefined
  }> | undefined
  /** URL of the protected resource. */
  targetUri?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** Whether the request has a body. */
  requestBodyContained?: boolean | undefined
}

export interface StandardIntrospectionResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'OK' | 'JWT'
  /** The introspection response. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface StandardIntrospectionRequest {
  /** The request parameters as the client sent them: the query string, or the form body. */
  parameters?: string | undefined
  /** Whether the response includes hidden properties. */
  withHiddenProperties?: boolean | undefined
  /** Identifier of the resource server that sent the introspection request. */
  rsUri?: string | undefined
  /** The Accept header of the request. */
  httpAcceptHeader?: string | undefined
  /** Algorithm that signs the introspection response. */
  introspectionSignAlg?: string | undefined
  /** Algorithm that encrypts the key of the introspection response. */
  introspectionEncryptionAlg?: string | undefined
  /** Algorithm that encrypts the content of the introspection response. */
  introspectionEncryptionEnc?: string | undefined
  /** Shared key for a symmetric signature. */
  sharedKeyForSign?: string | undefined
  /** Shared key for symmetric encryption. */
  sharedKeyForEncryption?: string | undefined
  /** Public key for asymmetric encryption, as JSON text of a JWK. */
  publicKeyForEncryption?: string | undefined
  /** Number of the client. */
  clientId?: string | number | undefined
  /** The client secret of the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** The access token of the request, in place of client authentication, if the service has `ext.introspection.bearer_scopes`. */
  bearerToken?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** Whether tokens of other clients are inactive. If the call has this member, `bearerToken` or credentials of a client, the client that sent the request is authenticated. */
  ownTokensOnly?: boolean | undefined
}

export interface RevocationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'INVALID_CLIENT' | 'BAD_REQUEST' | 'OK'
  /** The response for the client. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A challenge for client attestation; absent if the client does not use attestation. */
  attestationChallenge?: string | undefined
}

export interface RevocationRequest {
  /** The request parameters as the client sent them: the query string, or the form body. */
  parameters?: string | undefined
  /** Number of the client. */
  clientId?: string | number | undefined
  /** The client secret of the Authorization header. */
  clientSecret?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** The OAuth-Client-Attestation header of the request. */
  oauthClientAttestation?: string | undefined
  /** The OAuth-Client-Attestation-PoP header of the request. */
  oauthClientAttestationPop?: string | undefined
}

export interface ResourceMetadataResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** Where the resource publishes the document, for the parameter `resource_metadata` of its challenges (RFC 9728 §5.1); absent if its identifier is not a URL. */
  metadataUri?: string | undefined
}

export interface ResourceMetadataRequest {
  /** The identifier of the resource, as it is described in `ext.resources`. */
  resource: string
  /** Whether the document contains `signed_metadata`, a JWT of the issuer (RFC 9728 §2.2). */
  signed?: boolean | undefined
  /** Whether the document is indented. */
  pretty?: boolean | undefined
}

export interface AttestationChallengeResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client. */
  responseContent?: string | undefined
  /** The challenge. */
  attestationChallenge?: string | undefined
}

export interface GMResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NO_CONTENT' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CALLER_ERROR' | 'AUTHLETE_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface GMRequest {
  /** The access token that the client presented. */
  accessToken?: string | undefined
  /** What to do with the grant: QUERY for an HTTP GET, REVOKE for a DELETE. */
  gmAction?: 'CREATE' | 'QUERY' | 'REPLACE' | 'REVOKE' | 'MERGE' | undefined
  /** Identifier of the grant. */
  grantId?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface UserinfoVcParseResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NONCE' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The ticket for `/userinfovc/issue`. Single use. */
  ticket?: string | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Names of the requested claims. */
  claims?: Array<string> | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** The public key of the wallet, as JSON text. */
  jwk?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface UserinfoVcParseRequest {
  /** The access token. */
  token?: string | undefined
  /** The body of the request. */
  requestContent?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface UserinfoVcIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'CALLER_ERROR' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
}

export interface UserinfoVcIssueRequest {
  /** The ticket of `/userinfovc/parse`. */
  ticket?: string | undefined
  /** The claims of the user, as JSON text. */
  claims?: string | undefined
  /** The lifetime of the credential in seconds; 0 or absent means an hour. */
  duration?: number | undefined
}

export interface VciMetadataResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The media type of responseContent; absent if it is JSON. */
  contentType?: string | undefined
}

export interface VciJwtissuerResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
}

export interface VciJwtissuerRequest {
  /** Whether the document is indented. */
  pretty?: boolean | undefined
}

export interface VciJwksResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
}

export interface VciJwksRequest {
  /** Whether the document is indented. */
  pretty?: boolean | undefined
}

export interface VciNonceResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client. */
  responseContent?: string | undefined
  /** The nonce, `c_nonce`. */
  cnonce?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface VciNonceRequest {
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface VciSingleParseResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The checked request. */
  info?: {
    /** The identifier of the request, for issuing. It becomes the transaction ID if the issuance is deferred. */
    identifier?: string | undefined
    /** The format of the requested credential. */
    format?: string | undefined
    /** The first of `bindingKeys`. Absent if the credential is not bound to a key. */
    bindingKey?: string | undefined
    /** The public keys of the wallet, each a JWK as JSON text: one for each credential to issue. */
    bindingKeys?: Array<string> | undefined
    /** The parameters of the request without the proofs, as JSON text. */
    details?: string | undefined
    /** The credential configuration that the request selects. */
    credentialConfigurationId?: string | undefined
    /** The dataset that the request names, or the only one that the token may obtain. */
    credentialIdentifier?: string | undefined
    /** What the key attestation says of the keys, as JSON text: `iss`, `key_storage`, `user_authentication`, `certification` and `status`. The status is not looked up. */
    keyAttestation?: string | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
  } | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface VciSingleParseRequest {
  /** The access token of the request. */
  accessToken?: string | undefined
  /** The body of the request as it was received: JSON, or a JWE. */
  requestContent?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface VciBatchParseResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The checked requests, in the order of `credential_requests`. */
  info?: Array<CredentialRequestInfo> | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface CredentialRequestInfo {
  /** The identifier of the request, for issuing. It becomes the transaction ID if the issuance is deferred. */
  identifier?: string | undefined
  /** The format of the requested credential. */
  format?: string | undefined
  /** The first of `bindingKeys`. Absent if the credential is not bound to a key. */
  bindingKey?: string | undefined
  /** The public keys of the wallet, each a JWK as JSON text: one for each credential to issue. */
  bindingKeys?: Array<string> | undefined
  /** The parameters of the request without the proofs, as JSON text. */
  details?: string | undefined
  /** The credential configuration that the request selects. */
  credentialConfigurationId?: string | undefined
  /** The dataset that the request names, or the only one that the token may obtain. */
  credentialIdentifier?: string | undefined
  /** What the key attestation says of the keys, as JSON text: `iss`, `key_storage`, `user_authentication`, `certification` and `status`. The status is not looked up. */
  keyAttestation?: string | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
}

export interface VciBatchParseRequest {
  /** The access token of the request. */
  accessToken?: string | undefined
  /** The body of the request as it was received: JSON, or a JWE. */
  requestContent?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface VciDeferredParseResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The request that the transaction is for. */
  info?: {
    /** The identifier of the request, for issuing. It becomes the transaction ID if the issuance is deferred. */
    identifier?: string | undefined
    /** The format of the requested credential. */
    format?: string | undefined
    /** The first of `bindingKeys`. Absent if the credential is not bound to a key. */
    bindingKey?: string | undefined
    /** The public keys of the wallet, each a JWK as JSON text: one for each credential to issue. */
    bindingKeys?: Array<string> | undefined
    /** The parameters of the request without the proofs, as JSON text. */
    details?: string | undefined
    /** The credential configuration that the request selects. */
    credentialConfigurationId?: string | undefined
    /** The dataset that the request names, or the only one that the token may obtain. */
    credentialIdentifier?: string | undefined
    /** What the key attestation says of the keys, as JSON text: `iss`, `key_storage`, `user_authentication`, `certification` and `status`. The status is not looked up. */
    keyAttestation?: string | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
  } | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface VciDeferredParseRequest {
  /** The access token of the request. */
  accessToken?: string | undefined
  /** The body of the request as it was received: JSON, or a JWE. */
  requestContent?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface VciSingleIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'ACCEPTED' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR' | 'CALLER_ERROR' | 'OK_JWT' | 'ACCEPTED_JWT' | 'BAD_REQUEST'
  /** The body of the response for the wallet. */
  responseContent?: string | undefined
  /** The media type of the body, if it is encrypted: `application/jwt`. */
  contentType?: string | undefined
  /** Identifies the deferred issuance; the wallet gets it as `transaction_id`. */
  transactionId?: string | undefined
}

export interface VciSingleIssueRequest {
  /** The access token of the credential request. */
  accessToken?: string | undefined
  /** How the request is decided. */
  order?: {
    /** The identifier of the credential request, from `info` of the parse operation. */
    requestIdentifier?: string | undefined
    /** The content of the credential, as JSON text. For an SD-JWT VC, its claims. For an mdoc, `doctype` and `claims`, which has an object of data elements for each namespace; a text that begins with `cbor:` is CBOR in diagnostic notation. */
    credentialPayload?: string | undefined
    /** Whether the wallet must ask for the credential again later. */
    issuanceDeferred?: boolean | undefined
    /** The lifetime of the credential in seconds; 0: that of the service; negative: unlimited. */
    credentialDuration?: number | undefined
    /** The key ID of the key that signs the credential; without it, the first key with an algorithm of the credential configuration. */
    signingKeyId?: string | undefined
    /** Whether the credential request is denied: the wallet gets `credential_request_denied`. */
    denied?: boolean | undefined
    /** After how many seconds the wallet may ask for a deferred credential; if absent, 0 or negative, `ext.vci.deferred.interval` of the service. */
    interval?: number | undefined
    /** Which claims of an SD-JWT VC are disclosed by choice, as JSON text: `_sd` lists the names of claims, or the places of elements of an array, and other members are the frames of claims. Without it, each claim is disclosed by choice. */
    disclosureFrame?: string | undefined
  } | undefined
  /** Whether the credential request is denied: the wallet gets `credential_request_denied`. */
  denied?: boolean | undefined
  /** After how many seconds the wallet may ask for a deferred credential; if absent, 0 or negative, `ext.vci.deferred.interval` of the service. */
  interval?: number | undefined
}

export interface VciBatchIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR' | 'CALLER_ERROR' | 'OK_JWT' | 'ACCEPTED' | 'ACCEPTED_JWT' | 'BAD_REQUEST'
  /** The body of the response for the wallet. */
  responseContent?: string | undefined
  /** The media type of the body, if it is encrypted: `application/jwt`. */
  contentType?: string | undefined
}

export interface VciBatchIssueRequest {
  /** The access token of the credential request. */
  accessToken?: string | undefined
  /** How each request of the batch is decided, each once. */
  orders?: Array<CredentialIssuanceOrder> | undefined
}

export interface CredentialIssuanceOrder {
  /** The identifier of the credential request, from `info` of the parse operation. */
  requestIdentifier?: string | undefined
  /** The content of the credential, as JSON text. For an SD-JWT VC, its claims. For an mdoc, `doctype` and `claims`, which has an object of data elements for each namespace; a text that begins with `cbor:` is CBOR in diagnostic notation. */
  credentialPayload?: string | undefined
  /** Whether the wallet must ask for the credential again later. */
  issuanceDeferred?: boolean | undefined
  /** The lifetime of the credential in seconds; 0: that of the service; negative: unlimited. */
  credentialDuration?: number | undefined
  /** The key ID of the key that signs the credential; without it, the first key with an algorithm of the credential configuration. */
  signingKeyId?: string | undefined
  /** Whether the credential request is denied: the wallet gets `credential_request_denied`. */
  denied?: boolean | undefined
  /** After how many seconds the wallet may ask for a deferred credential; if absent, 0 or negative, `ext.vci.deferred.interval` of the service. */
  interval?: number | undefined
  /** Which claims of an SD-JWT VC are disclosed by choice, as JSON text: `_sd` lists the names of claims, or the places of elements of an array, and other members are the frames of claims. Without it, each claim is disclosed by choice. */
  disclosureFrame?: string | undefined
}

export interface VciDeferredIssueResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR' | 'CALLER_ERROR' | 'OK_JWT' | 'ACCEPTED' | 'ACCEPTED_JWT' | 'BAD_REQUEST'
  /** The body of the response for the wallet. */
  responseContent?: string | undefined
  /** The media type of the body, if it is encrypted: `application/jwt`. */
  contentType?: string | undefined
  /** Identifies the deferred issuance; the wallet gets it as `transaction_id`. */
  transactionId?: string | undefined
}

export interface VciDeferredIssueRequest {
  /** How the request is decided. */
  order?: {
    /** The identifier of the credential request, from `info` of the parse operation. */
    requestIdentifier?: string | undefined
    /** The content of the credential, as JSON text. For an SD-JWT VC, its claims. For an mdoc, `doctype` and `claims`, which has an object of data elements for each namespace; a text that begins with `cbor:` is CBOR in diagnostic notation. */
    credentialPayload?: string | undefined
    /** Whether the wallet must ask for the credential again later. */
    issuanceDeferred?: boolean | undefined
    /** The lifetime of the credential in seconds; 0: that of the service; negative: unlimited. */
    credentialDuration?: number | undefined
    /** The key ID of the key that signs the credential; without it, the first key with an algorithm of the credential configuration. */
    signingKeyId?: string | undefined
    /** Whether the credential request is denied: the wallet gets `credential_request_denied`. */
    denied?: boolean | undefined
    /** After how many seconds the wallet may ask for a deferred credential; if absent, 0 or negative, `ext.vci.deferred.interval` of the service. */
    interval?: number | undefined
    /** Which claims of an SD-JWT VC are disclosed by choice, as JSON text: `_sd` lists the names of claims, or the places of elements of an array, and other members are the frames of claims. Without it, each claim is disclosed by choice. */
    disclosureFrame?: string | undefined
  } | undefined
  /** Whether the credential request is denied: the wallet gets `credential_request_denied`. */
  denied?: boolean | undefined
  /** After how many seconds the wallet may ask for a deferred credential; if absent, 0 or negative, `ext.vci.deferred.interval` of the service. */
  interval?: number | undefined
}

export interface TokenGetListResponse {
  /** Index of the first item. */
  start?: number | undefined
  /** Index after the last requested item. */
  end?: number | undefined
  /** Number of all items. */
  totalCount?: number | undefined
  /** The properties of the client that pages may show. */
  client?: {
    /** The number of the client within its service, below 2^31. */
    number: number
    /** The client ID, below 2^53. */
    clientId: number
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  } | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** The access tokens, by default in the order of their creation. */
  accessTokens?: Array<AccessToken> | undefined
  /** The refresh tokens, by default in the order of their creation. */
  refreshTokens?: Array<RefreshToken> | undefined
  /** The `cursor` of the next page; absent after the last token. */
  nextCursor?: string | undefined
}

export interface AccessToken {
  /** Hash of the access token. */
  accessTokenHash?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Hash of the refresh token. */
  refreshTokenHash?: string | undefined
  /** When the refresh token expires, in milliseconds since the epoch. */
  refreshTokenExpiresAt?: number | undefined
  /** When it was created, in milliseconds since the epoch. */
  createdAt?: number | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** The grant type. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** How the user authorized the client: `code`, `token`, `password` and so on. */
  authorizationType?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** When the grant was last used at the token endpoint, in milliseconds since the epoch. */
  lastSeenAt?: number | undefined
  /** When it was last refreshed, in milliseconds since the epoch. */
  lastRefreshedAt?: number | undefined
  /** Address of the device: `clientIp` of the last call. */
  issuedFor?: string | undefined
  /** `userAgent` of the last call that had one. */
  userAgent?: string | undefined
  /** Whether it can be used: it has not expired. */
  enabled?: boolean | undefined
  /** True if the redirect URI of the request is not registered, and the client is in test mode. */
  test?: boolean | undefined
  /** Scopes of the refresh token. */
  refreshTokenScopes?: Array<string> | undefined
}

export interface RefreshToken {
  /** Hash of the refresh token. */
  refreshTokenHash?: string | undefined
  /** When the first refresh token of the grant was issued, in milliseconds since the epoch. */
  issuedAt?: number | undefined
  /** When it expires, in milliseconds since the epoch. */
  expiresAt?: number | undefined
  /** Name of the client. */
  clientName?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** The grant type. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** How the user authorized the client: `code`, `token`, `password` and so on. */
  authorizationType?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** When the grant was last used at the token endpoint, in milliseconds since the epoch. */
  lastSeenAt?: number | undefined
  /** When it was last refreshed, in milliseconds since the epoch. */
  lastRefreshedAt?: number | undefined
  /** Address of the device: `clientIp` of the last call. */
  issuedFor?: string | undefined
  /** `userAgent` of the last call that had one. */
  userAgent?: string | undefined
  /** Whether it can be used: it has not expired. */
  enabled?: boolean | undefined
  /** True if the redirect URI of the request is not registered, and the client is in test mode. */
  test?: boolean | undefined
  /** Whether each use gives the token its whole lifetime again. */
  rollingExpiration?: boolean | undefined
}

export interface TokenCreateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'FORBIDDEN' | 'OK'
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  expiresAt?: number | undefined
  /** Seconds until the token expires. */
  expiresIn?: number | undefined
  /** The grant type. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** The refresh token. In a request for new tokens, the value that the caller chooses for it. */
  refreshToken?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Type of the token, RFC 6749 §7.1. */
  tokenType?: string | undefined
  /** The access token, if it is a JWT. */
  jwtAccessToken?: string | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Whether the token is for an external attachment. */
  forExternalAttachment?: boolean | undefined
  /** Identifier of the token: its hash. */
  tokenId?: string | undefined
  /** Scopes of the refresh token. */
  refreshTokenScopes?: Array<string> | undefined
  /** Number or alias of the client. */
  clientIdentifier?: string | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** The access token in a JWE: the value for the client, if the client has `ext.encrypt.access_token` = `true`. */
  encryptedAccessToken?: string | undefined
  /** The refresh token in a JWE: the value for the client, if the client has `ext.encrypt.refresh_token` = `true`. */
  encryptedRefreshToken?: string | undefined
}

export interface TokenCreateRequest {
  /** The grant type. */
  grantType?: 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE' | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  accessTokenDuration?: number | undefined
  /** Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide. */
  refreshTokenDuration?: number | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Whether the request has the client alias. */
  clientIdAliasUsed?: boolean | undefined
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** The refresh token. In a request for new tokens, the value that the caller chooses for it. */
  refreshToken?: string | undefined
  /** Whether the access token does not expire. */
  accessTokenPersistent?: boolean | undefined
  /** SHA-256 thumbprint of the certificate that the token is bound to, base64url. */
  certificateThumbprint?: string | undefined
  /** JWK thumbprint of the DPoP key that the token is bound to. */
  dpopKeyThumbprint?: string | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** The resource indicators (RFC 8707). */
  resources?: Array<string> | undefined
  /** Whether the token is for an external attachment. */
  forExternalAttachment?: boolean | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Whether the request identified the client by its entity identifier. */
  clientEntityIdUsed?: boolean | undefined
  /** Number or alias of the client. */
  clientIdentifier?: string | number | undefined
  /** Identifier of the user session at the frontend. */
  sessionId?: string | undefined
  /** Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them. */
  userAttributes?: string | Record<string, unknown> | undefined
  /** Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long. */
  clientIp?: string | undefined
  /** `User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long. */
  userAgent?: string | undefined
  /** Whether the request identified the client by the URL of its metadata document. */
  metadataDocumentUsed?: boolean | undefined
  /** The datasets of the user for each credential configuration (OpenID4VCI §6.2); without any, a configuration has one dataset, of the same identifier. */
  credentialIdentifiers?: Array<CredentialIdentifiers> | undefined
}

export interface TokenCreateBatchResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Identifier of the batch, for requests of its status. */
  requestId: string
}

export interface TokenCreateBatchStatusResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The status of the batch. */
  status: {
    /** Kind of the batch. */
    batchKind: 'CREATE'
    /** Whether all tokens were created, or none. */
    result: 'SUCCEEDED' | 'FAILED'
    /** Number of created access tokens; for a dry run, the number that would be created. */
    tokenCount: number
    /** Result code of the first refused token. */
    errorCode?: string | undefined
    /** The refused tokens, by their index from 0, with the reasons. */
    errorDescription?: string | undefined
    /** Identifier of the batch. */
    requestId: string
    /** When the batch was received, in milliseconds since the epoch. */
    createdAt: number
    /** When the batch was processed, in milliseconds since the epoch. */
    modifiedAt: number
  }
}

export interface TokenUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'FORBIDDEN' | 'NOT_FOUND' | 'OK'
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Type of the token, RFC 6749 §7.1. */
  tokenType?: string | undefined
  /** Whether the token is for an external attachment. */
  forExternalAttachment?: boolean | undefined
  /** Identifier of the token: its hash. */
  tokenId?: string | undefined
  /** When the refresh token expires, in milliseconds since the epoch. */
  refreshTokenExpiresAt?: number | undefined
}

export interface TokenUpdateRequest {
  /** The access token. In a request for new tokens, the value that the caller chooses for it. */
  accessToken?: string | undefined
  /** When the access token expires, in milliseconds since the epoch; 0 if it does not expire. */
  accessTokenExpiresAt?: number | undefined
  /** Names of the scopes. */
  scopes?: Array<string> | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Whether a change of scopes restarts the lifetime of the access token. */
  accessTokenExpiresAtUpdatedOnScopeUpdate?: boolean | undefined
  /** Hash of the access token. */
  accessTokenHash?: string | undefined
  /** Whether the token gets a new value. */
  accessTokenValueUpdated?: boolean | undefined
  /** Whether the access token does not expire. */
  accessTokenPersistent?: boolean | undefined
  /** SHA-256 thumbprint of the certificate that the token is bound to, base64url. */
  certificateThumbprint?: string | undefined
  /** JWK thumbprint of the DPoP key that the token is bound to. */
  dpopKeyThumbprint?: string | undefined
  /** Authorization details, RFC 9396. */
  authorizationDetails?: {
    /** The elements of the authorization details. */
    elements?: Array<AuthorizationDetailsElement> | undefined
  } | undefined
  /** Whether the token is for an external attachment. */
  forExternalAttachment?: boolean | undefined
  /** When the refresh token expires, in milliseconds since the epoch. */
  refreshTokenExpiresAt?: number | undefined
  /** Whether a change of scopes restarts the lifetime of the refresh token. */
  refreshTokenExpiresAtUpdatedOnScopeUpdate?: boolean | undefined
  /** Identifier of the token: its hash. */
  tokenId?: string | undefined
  /** The refresh token. In a request for new tokens, the value that the caller chooses for it. */
  refreshToken?: string | undefined
  /** Hash of the refresh token. */
  refreshTokenHash?: string | undefined
}

export interface TokenRevokeResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Number of revoked access tokens. */
  count: number
  /** Number of revoked refresh tokens; 0 in both members if nothing was revoked. */
  refreshTokenCount?: number | undefined
}

export interface TokenRevokeRequest {
  /** An access token or its hash, the base64url of its SHA-256. */
  accessTokenIdentifier?: string | undefined
  /** A refresh token or its hash, the base64url of its SHA-256. */
  refreshTokenIdentifier?: string | undefined
  /** Number or alias of a client. */
  clientIdentifier?: string | number | undefined
  /** Unique identifier of a user. */
  subject?: string | undefined
  /** Identifier of a session: what was issued in it is revoked, and the session goes on. */
  sessionId?: string | undefined
}

/** The metadata of the service. */
export type ServiceConfiguration = Record<string, unknown>

export interface ServiceJwksGetResponse {
  /** The keys of the set. */
  keys?: Array<Record<string, unknown>> | undefined
}

export interface FederationConfigurationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** How long the frontend and its caches may keep the response: Cache-Control. */
  cacheControl?: string | undefined
}

export interface FederationConfigurationRequest {
  /** The roles of the service that the entity configuration is about: `OPENID_PROVIDER` (if absent), `OAUTH_AUTHORIZATION_SERVER` and `OPENID_CREDENTIAL_ISSUER`. Others are ignored. */
  entityTypes?: Array<string> | undefined
}

export interface FederationJwksResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** How long the frontend and its caches may keep the response: Cache-Control. */
  cacheControl?: string | undefined
}

export type FederationJwksRequest = Record<string, unknown>

export interface FederationHistoricalKeysResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** How long the frontend and its caches may keep the response: Cache-Control. */
  cacheControl?: string | undefined
}

export type FederationHistoricalKeysRequest = Record<string, unknown>

export interface FederationRegistrationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The type of `responseContent`, for the header `Content-Type`. */
  contentType?: string | undefined
  /** The registered client. */
  client?: {
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
    /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
    applicationType?: 'WEB' | 'NATIVE' | undefined
    /** The URL of the client's logo, shown to users (RFC 7591 §2). */
    logoUri?: string | undefined
    /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
    logoUris?: Array<TaggedValue> | undefined
    /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
    contacts?: Array<string> | undefined
    /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
    softwareId?: string | undefined
    /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
    developer?: string | undefined
    /** The version of the client's software (RFC 7591 §2). */
    softwareVersion?: string | undefined
    /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
    subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
    /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
    sectorIdentifierUri?: string | undefined
    /** The URL of the client's terms of service (RFC 7591 §2). */
    tosUri?: string | undefined
    /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
    tosUris?: Array<TaggedValue> | undefined
    /** The URL of the client's page about the use of data (RFC 7591 §2). */
    policyUri?: string | undefined
    /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
    policyUris?: Array<TaggedValue> | undefined
    /** The URL of the client's home page (RFC 7591 §2). */
    clientUri?: string | undefined
    /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
    clientUris?: Array<TaggedValue> | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
    extension?: {
      /** The names of the scopes that the client may request. */
      requestableScopes?: Array<string> | undefined
      /** Whether the client may request only the scopes in `requestableScopes`. */
      requestableScopesEnabled?: boolean | undefined
      /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
      accessTokenDuration?: number | undefined
      /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
      refreshTokenDuration?: number | undefined
      /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
      idTokenDuration?: number | undefined
      /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
      tokenExchangePermitted?: boolean | undefined
    } | undefined
    /** Additional client metadata, as JSON text (RFC 7591 §2). */
    customMetadata?: string | undefined
    /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
    digestAlgorithm?: string | undefined
    /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
    rsRequestSigned?: boolean | undefined
    /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
    locked?: boolean | undefined
    /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
    responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
    /** Whether tokens of the client are to be migrated from another system. */
    inScopeForTokenMigration?: boolean | undefined
    /** The URL of the client's metadata document (CIMD §4). */
    metadataDocumentLocation?: string | undefined
    /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
    metadataDocumentExpiresAt?: number | undefined
    /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
    metadataDocumentUpdatedAt?: number | undefined
    /** Whether the client was created from its metadata document (CIMD §4). */
    discoveredByMetadataDocument?: boolean | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
    clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
    /** The hash of the client's registration access token (RFC 7592 §3). */
    registrationAccessTokenHash?: string | undefined
    /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
    tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
    /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
    tlsClientAuthSubjectDn?: string | undefined
    /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanDns?: string | undefined
    /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanUri?: string | undefined
    /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanIp?: string | undefined
    /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanEmail?: string | undefined
    /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
    mtlsEndpointAliasesUsed?: boolean | undefined
    /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
    spiffeId?: string | undefined
    /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
    spiffeBundleEndpoint?: string | undefined
    /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    grantTypes?: Array<GrantType> | undefined
    /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    responseTypes?: Array<ResponseType> | undefined
    /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
    redirectUris?: Array<string> | undefined
    /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
    parRequired?: boolean | undefined
    /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
    requestUris?: Array<string> | undefined
    /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
    defaultMaxAge?: number | undefined
    /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
    defaultAcrs?: Array<string> | undefined
    /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
    authTimeRequired?: boolean | undefined
    /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
    loginUri?: string | undefined
    /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
    bcDeliveryMode?: string | undefined
    /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
    bcNotificationEndpoint?: string | undefined
    /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
    bcUserCodeRequired?: boolean | undefined
    /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
    authorizationDetailsTypes?: Array<string> | undefined
    /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
    dpopRequired?: boolean | undefined
    /** The URL that receives credential offers. */
    credentialOfferEndpoint?: string | undefined
    /** Whether credential responses to the client must be encrypted. */
    credentialResponseEncryptionRequired?: boolean | undefined
    /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
    postLogoutRedirectUris?: Array<string> | undefined
    /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutUri?: string | undefined
    /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutSessionRequired?: boolean | undefined
    /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutUri?: string | undefined
    /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutSessionRequired?: boolean | undefined
    /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
    authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
    authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
    authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
    tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
    selfSignedCertificateKeyId?: string | undefined
    /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
    requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
    requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
    requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
    idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
    idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
    idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The URL of the client's key set (RFC 7591 §2). */
    jwksUri?: string | undefined
    /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
    jwks?: string | undefined
    /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
    userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
    userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
    userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
    bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
    rsSignedRequestKeyId?: string | undefined
    /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** Whether the client was registered automatically by a federation. */
    automaticallyRegistered?: boolean | undefined
    /** Whether the client was registered explicitly by a federation. */
    explicitlyRegistered?: boolean | undefined
    /** The ways in which the client registers in a federation. */
    clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The name of the organization that runs the client. */
    organizationName?: string | undefined
    /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
    entityId?: string | undefined
    /** The entity identifier of the trust anchor of the client's trust chain. */
    trustAnchorId?: string | undefined
    /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
    trustChain?: Array<string> | undefined
    /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
    trustChainExpiresAt?: number | undefined
    /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
    trustChainUpdatedAt?: number | undefined
    /** The number of the client within its service, below 2^31. */
    number: number
    /** The number of the service that the client belongs to. */
    serviceNumber?: number | undefined
    /** The client ID, below 2^53. */
    clientId: number
    /** The client secret. Stored sealed, or as a hash with `ext.client_secret.storage`; it is shown only once then (RFC 6749 §2.3.1). */
    clientSecret?: string | undefined
    /** Whether the client registered itself (RFC 7591 §3). */
    dynamicallyRegistered?: boolean | undefined
    /** The sector of the client's pairwise subjects: the host of `sectorIdentifierUri` or of its redirect URIs (OIDC Core §8.1). */
    derivedSectorIdentifier?: string | undefined
    /** The time when the client secret expires, in milliseconds since the Unix epoch; absent if it does not expire (RFC 7591 §3.2.1). */
    clientSecretExpiresAt?: number | undefined
    /** Until when the former client secret is accepted too, in milliseconds since the Unix epoch; absent if only one is accepted. */
    rotatedClientSecretExpiresAt?: number | undefined
    /** The time when the client was created, in milliseconds since the Unix epoch. */
    createdAt: number
    /** The time when the client was last changed, in milliseconds since the Unix epoch. */
    modifiedAt: number
    /** The time of the last request in the name of the client, in milliseconds since the Unix epoch, exact to an hour. Only when clients are read and listed; absent if there was none. */
    lastUsedAt?: number | undefined
  } | undefined
}

export type FapiMode = 'FAPI1_ADVANCED' | 'FAPI1_BASELINE' | 'FAPI2_MESSAGE_SIGNING_AUTH_REQ' | 'FAPI2_MESSAGE_SIGNING_AUTH_RES' | 'FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES' | 'FAPI2_MESSAGE_SIGNING_RESOURCE_REQ' | 'FAPI2_MESSAGE_SIGNING_RESOURCE_RES' | 'FAPI2_SECURITY'

export type GrantType = 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'PASSWORD' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN' | 'CIBA' | 'DEVICE_CODE' | 'TOKEN_EXCHANGE' | 'JWT_BEARER' | 'PRE_AUTHORIZED_CODE'

export type ResponseType = 'NONE' | 'CODE' | 'TOKEN' | 'ID_TOKEN' | 'CODE_TOKEN' | 'CODE_ID_TOKEN' | 'ID_TOKEN_TOKEN' | 'CODE_ID_TOKEN_TOKEN'

export type ClientRegistrationType = 'AUTOMATIC' | 'EXPLICIT'

export interface FederationRegistrationRequest {
  /** The body of a request of the type `application/entity-statement+jwt`: the entity configuration of a relying party. */
  entityConfiguration?: string | undefined
  /** The body of a request of the type `application/trust-chain+json`: a JSON array of entity statements, from the relying party to a trust anchor. */
  trustChain?: string | undefined
}

export interface FederationResolveResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
}

export interface FederationResolveRequest {
  /** The query of the resolve request as it came, or its form body: `sub`, and `trust_anchor` and `entity_type`, which may occur several times. Without it, the other members count. */
  parameters?: string | undefined
  /** The identifier of the entity to resolve. */
  sub?: string | undefined
  /** The identifiers of trust anchors, one of which the trust chain must lead to. */
  trustAnchors?: Array<string> | undefined
  /** The entity types whose metadata are returned; if absent or empty, all. */
  entityTypes?: Array<string> | undefined
  /** Whether the statements of an entity that is not known are fetched. Set it only if the frontend has authenticated the client that sends the request. */
  discover?: boolean | undefined
}

export interface SsfConfigurationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
}

export interface SsfConfigurationRequest {
  /** Whether the document is indented. */
  pretty?: boolean | undefined
}

export interface SsfStreamResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'CREATED' | 'NO_CONTENT' | 'CONFLICT' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfStreamRequest {
  /** The HTTP method of the request: create, read, update, replace or delete. */
  method: 'POST' | 'GET' | 'PATCH' | 'PUT' | 'DELETE'
  /** The access token that the receiver presented. */
  accessToken?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The parameter `stream_id` of the query of the request. */
  streamId?: string | undefined
  /** The body of the request, as it came in. */
  requestContent?: string | undefined
}

export interface SsfStreamListResponse {
  /** The streams of the service. */
  streams: Array<EventStream>
}

export interface EventStream {
  /** The client that receives the events. */
  clientId: number
  /** The identifier by which the receiver names the stream. */
  streamId: string
  /** `enabled`, `paused` (events are kept until it is enabled) or `disabled` (there are none). */
  status: 'enabled' | 'paused' | 'disabled'
  /** Why the stream has its status. */
  reason?: string | undefined
  /** Whether events are pushed to the receiver, or polled by it. */
  method: 'push' | 'poll'
  /** Where events are pushed to. */
  url?: string | undefined
  /** The types that are delivered: last parts of their URIs. */
  types: Array<string>
  /** What the receiver calls the stream. */
  description?: string | undefined
  /** When it was created, in milliseconds since the epoch. */
  createdAt: number
  /** When it was last changed, in milliseconds since the epoch. */
  modifiedAt: number
  /** Events that the receiver does not have yet; 1000 are counted. */
  waiting?: number | undefined
}

export type SsfStreamListRequest = Record<string, unknown>

export interface SsfStreamStatusUpdateRequest {
  /** The client that receives the events. */
  clientId: number
  /** `enabled`, `paused` (events are kept until it is enabled) or `disabled` (there are none). */
  status: 'enabled' | 'paused' | 'disabled'
  /** Why the stream has its status. */
  reason?: string | undefined
}

export interface SsfStreamDeleteRequest {
  /** The client that receives the events. */
  clientId: number
}

export interface SsfStatusResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfStatusRequest {
  /** The HTTP method of the request: read or update. */
  method: 'GET' | 'POST'
  /** The access token that the receiver presented. */
  accessToken?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The parameter `stream_id` of the query of the request. */
  streamId?: string | undefined
  /** The body of the request, as it came in. */
  requestContent?: string | undefined
}

export interface SsfSubjectAddedResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfSubjectRequest {
  /** The access token that the receiver presented. */
  accessToken?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The body of the request, as it came in. */
  requestContent?: string | undefined
}

export interface SsfSubjectRemovedResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'NO_CONTENT' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfVerificationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'NO_CONTENT' | 'TOO_MANY_REQUESTS' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfVerificationRequest {
  /** The access token that the receiver presented. */
  accessToken?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The body of the request, as it came in. */
  requestContent?: string | undefined
}

export interface SsfPollResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'INTERNAL_SERVER_ERROR' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface SsfPollRequest {
  /** The access token that the receiver presented. */
  accessToken?: string | undefined
  /** The certificate of the mutual TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request. */
  htm?: string | undefined
  /** URL of the request, without query. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The body of the request, as it came in. */
  requestContent?: string | undefined
}

export interface SsfEventResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Identifier of the event: the `jti` of each token begins with it. */
  eventId: string
  /** The transaction of the event. */
  txn: string
}

export interface SsfEventRequest {
  /** The type of the event: the last part of its URI (CAEP §3). */
  type: 'session-revoked' | 'token-claims-change' | 'credential-change' | 'assurance-level-change' | 'device-compliance-change' | 'session-established' | 'session-presented' | 'risk-level-change'
  /** The user, by your identifier. Each receiver gets its own subject of the user. */
  subject?: string | undefined
  /** The session of the user, if the event is about one. */
  sessionId?: string | undefined
  /** A subject identifier (RFC 9493) that all receivers get as it is, in place of `subject`. */
  subId?: Record<string, unknown> | undefined
  /** The members of the event, as its type defines them. Without `event_timestamp`, the present time is added. */
  event?: Record<string, unknown> | undefined
  /** Names the transaction that the event is part of; made up if absent. */
  txn?: string | undefined
}

export interface Service {
  /** The display name of the service, for people. */
  serviceName?: string | undefined
  /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
  issuer?: string | undefined
  /** A description of the service, for people. */
  description?: string | undefined
  /** The number of clients that one developer may have; 0 means unlimited. */
  clientsPerDeveloper?: number | undefined
  /** The URL that authenticates developers. */
  developerAuthenticationCallbackEndpoint?: string | undefined
  /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
  developerAuthenticationCallbackApiKey?: string | undefined
  /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
  developerAuthenticationCallbackApiSecret?: string | undefined
  /** The social networks with which users may log in. */
  supportedSnses?: Array<Sns> | undefined
  /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
  snsCredentials?: Array<SnsCredentials> | undefined
  /** The social networks with which developers may log in. */
  supportedDeveloperSnses?: Array<Sns> | undefined
  /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
  developerSnsCredentials?: Array<SnsCredentials> | undefined
  /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
  metadata?: Array<Pair> | undefined
  /** The URL that authenticates users. */
  authenticationCallbackEndpoint?: string | undefined
  /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
  authenticationCallbackApiKey?: string | undefined
  /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
  authenticationCallbackApiSecret?: string | undefined
  /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
  supportedAcrs?: Array<string> | undefined
  /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
  supportedServiceProfiles?: Array<ServiceProfile> | undefined
  /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
  errorDescriptionOmitted?: boolean | undefined
  /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
  errorUriOmitted?: boolean | undefined
  /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
  supportedUiLocales?: Array<string> | undefined
  /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
  supportedDisplays?: Array<Display> | undefined
  /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
  policyUri?: string | undefined
  /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
  tosUri?: string | undefined
  /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
  serviceDocumentation?: string | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
  httpAliasProhibited?: boolean | undefined
  /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
  supportedGrantTypes?: Array<GrantType> | undefined
  /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
  supportedResponseTypes?: Array<ResponseType> | undefined
  /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
  supportedAuthorizationDetailsTypes?: Array<string> | undefined
  /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
  authorizationEndpoint?: string | undefined
  /** Whether the engine serves an authorization endpoint itself. */
  directAuthorizationEndpointEnabled?: boolean | undefined
  /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
  authorizationResponseDuration?: number | undefined
  /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
  pushedAuthReqEndpoint?: string | undefined
  /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
  pushedAuthReqDuration?: number | undefined
  /** Whether every authorization request must be pushed first (RFC 9126 §5). */
  parRequired?: boolean | undefined
  /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
  traditionalRequestObjectProcessingApplied?: boolean | undefined
  /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
  supportedScopes?: Array<Scope> | undefined
  /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
  scopeRequired?: boolean | undefined
  /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
  nbfOptional?: boolean | undefined
  /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
  issSuppressed?: boolean | undefined
  /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
  loopbackRedirectionUriVariable?: boolean | undefined
  /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
  requestObjectAudienceChecked?: boolean | undefined
  /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
  supportedPromptValues?: Array<Prompt> | undefined
  /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
  authorizationCodeDuration?: number | undefined
  /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
  clientAssertionAudRestrictedToIssuer?: boolean | undefined
  /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
  supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
  /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
  missingClientIdAllowed?: boolean | undefined
  /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
  supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
  /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
  supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
  /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
  mutualTlsValidatePkiCertChain?: boolean | undefined
  /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
  trustedRootCertificates?: Array<string> | undefined
  /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
  mtlsEndpointAliases?: Array<NamedUri> | undefined
  /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
  challengeEndpoint?: string | undefined
  /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
  attestationChallengeTimeWindow?: number | undefined
  /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
  clientAttesterRoots?: Array<string> | undefined
  /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
  clientAttesterRootsEnabled?: boolean | undefined
  /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
  clientAttesterRootsOnly?: boolean | undefined
  /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
  tokenBatchNotificationEndpoint?: string | undefined
  /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
  tokenEndpoint?: string | undefined
  /** Whether the engine serves a token endpoint itself. */
  directTokenEndpointEnabled?: boolean | undefined
  /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
  revocationEndpoint?: string | undefined
  /** Whether the engine serves a revocation endpoint itself. */
  directRevocationEndpointEnabled?: boolean | undefined
  /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
  introspectionEndpoint?: string | undefined
  /** Whether the engine serves an introspection endpoint itself. */
  directIntrospectionEndpointEnabled?: boolean | undefined
  /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
  accessTokenType?: string | undefined
  /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
  accessTokenDuration?: number | undefined
  /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
  accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
  refreshTokenDuration?: number | undefined
  /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
  refreshTokenDurationKept?: boolean | undefined
  /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
  refreshTokenDurationReset?: boolean | undefined
  /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
  refreshTokenKept?: boolean | undefined
  /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
  idTokenDuration?: number | undefined
  /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
  allowableClockSkew?: number | undefined
  /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
  userInfoEndpoint?: string | undefined
  /** Whether the engine serves a UserInfo endpoint itself. */
  directUserInfoEndpointEnabled?: boolean | undefined
  /** Whether an access token expires no later than the refresh token that is issued with it. */
  tokenExpirationLinked?: boolean | undefined
  /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
  grantManagementEndpoint?: string | undefined
  /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
  grantManagementActionRequired?: boolean | undefined
  /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
  accessTokenForExternalAttachmentEmbedded?: boolean | undefined
  /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
  refreshTokenIdempotent?: boolean | undefined
  /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
  tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
  /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
  tokenExchangeByConfidentialClientsOnly?: boolean | undefined
  /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
  tokenExchangeByPermittedClientsOnly?: boolean | undefined
  /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
  tokenExchangeEncryptedJwtRejected?: boolean | undefined
  /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
  tokenExchangeUnsignedJwtRejected?: boolean | undefined
  /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
  jwtGrantByIdentifiableClientsOnly?: boolean | undefined
  /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
  jwtGrantEncryptedJwtRejected?: boolean | undefined
  /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
  jwtGrantUnsignedJwtRejected?: boolean | undefined
  /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
  openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
  /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
  rsResponseSigned?: boolean | undefined
  /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
  dpopNonceDuration?: number | undefined
  /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
  idTokenReissuable?: boolean | undefined
  /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
  idTokenAudType?: string | undefined
  /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
  nativeSsoSupported?: boolean | undefined
  /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
  pairwiseSubjectSalt?: string | undefined
  /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  accessTokenSignatureKeyId?: string | undefined
  /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
  jwksUri?: string | undefined
  /** Whether the engine serves the key set itself. */
  directJwksEndpointEnabled?: boolean | undefined
  /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
  jwks?: string | undefined
  /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  idTokenSignatureKeyId?: string | undefined
  /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  userInfoSignatureKeyId?: string | undefined
  /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  authorizationSignatureKeyId?: string | undefined
  /** Whether the service uses keys of hardware security modules. */
  hsmEnabled?: boolean | undefined
  /** The keys of the service in hardware security modules. */
  hsks?: Array<Hsk> | undefined
  /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
  introspectionSignatureKeyId?: string | undefined
  /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
  resourceSignatureKeyId?: string | undefined
  /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
  supportedClaimTypes?: Array<ClaimType> | undefined
  /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
  supportedClaimLocales?: Array<string> | undefined
  /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
  supportedClaims?: Array<string> | undefined
  /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
  claimShortcutRestrictive?: boolean | undefined
  /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedTrustFrameworks?: Array<string> | undefined
  /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedEvidence?: Array<string> | undefined
  /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
  supportedIdentityDocuments?: Array<string> | undefined
  /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
  supportedVerificationMethods?: Array<string> | undefined
  /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedVerifiedClaims?: Array<string> | undefined
  /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
  verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
  /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
  predefinedTransformedClaims?: string | undefined
  /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedAttachments?: Array<AttachmentType> | undefined
  /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDigestAlgorithms?: Array<string> | undefined
  /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocuments?: Array<string> | undefined
  /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsMethods?: Array<string> | undefined
  /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsValidationMethods?: Array<string> | undefined
  /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsVerificationMethods?: Array<string> | undefined
  /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedElectronicRecords?: Array<string> | undefined
  /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsCheckMethods?: Array<string> | undefined
  /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
  backchannelAuthenticationEndpoint?: string | undefined
  /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
  supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
  /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
  backchannelAuthReqIdDuration?: number | undefined
  /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
  backchannelPollingInterval?: number | undefined
  /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
  backchannelUserCodeParameterSupported?: boolean | undefined
  /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
  backchannelBindingMessageRequiredInFapi?: boolean | undefined
  /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
  deviceAuthorizationEndpoint?: string | undefined
  /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
  deviceVerificationUri?: string | undefined
  /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
  deviceVerificationUriComplete?: string | undefined
  /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
  deviceFlowCodeDuration?: number | undefined
  /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
  deviceFlowPollingInterval?: number | undefined
  /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
  userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
  /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
  userCodeLength?: number | undefined
  /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
  endSessionEndpoint?: string | undefined
  /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
  checkSessionIframe?: string | undefined
  /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
  frontchannelLogoutSupported?: boolean | undefined
  /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
  frontchannelLogoutSessionSupported?: boolean | undefined
  /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
  backchannelLogoutSupported?: boolean | undefined
  /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
  backchannelLogoutSessionSupported?: boolean | undefined
  /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
  dynamicRegistrationSupported?: boolean | undefined
  /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
  registrationEndpoint?: string | undefined
  /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
  registrationManagementEndpoint?: string | undefined
  /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
  supportedCustomClientMetadata?: Array<string> | undefined
  /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
  unauthorizedOnClientConfigSupported?: boolean | undefined
  /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
  dcrScopeUsedAsRequestable?: boolean | undefined
  /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
  dcrDuplicateSoftwareIdBlocked?: boolean | undefined
  /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
  cimdMetadataPolicyEnabled?: boolean | undefined
  /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
  clientIdMetadataDocumentSupported?: boolean | undefined
  /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
  cimdAllowlistEnabled?: boolean | undefined
  /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
  cimdAllowlist?: Array<string> | undefined
  /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
  cimdAlwaysRetrieved?: boolean | undefined
  /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
  cimdHttpPermitted?: boolean | undefined
  /** Whether the URL of a metadata document may have a query (CIMD §3). */
  cimdQueryPermitted?: boolean | undefined
  /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
  cimdMetadataPolicy?: string | undefined
  /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
  authorityHints?: Array<string> | undefined
  /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
  federationEnabled?: boolean | undefined
  /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
  federationJwks?: string | undefined
  /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
  federationSignatureKeyId?: string | undefined
  /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
  federationConfigurationDuration?: number | undefined
  /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
  federationRegistrationEndpoint?: string | undefined
  /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
  organizationName?: string | undefined
  /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
  supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
  trustAnchors?: Array<TrustAnchor> | undefined
  /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
  cnonceDuration?: number | undefined
  /** Whether the service issues verifiable credentials. */
  verifiableCredentialsEnabled?: boolean | undefined
  /** The URL of the key set for credentials. */
  credentialJwksUri?: string | undefined
  /** The lifetime of a credential offer in seconds; 0 means 86400. */
  credentialOfferDuration?: number | undefined
  /** Whether a pre-authorized code can be redeemed without a `client_id`. */
  preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
  /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
  credentialTransactionDuration?: number | undefined
  /** The length of the transaction code of a credential offer in characters. */
  userPinLength?: number | undefined
  /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
  credentialJwks?: string | undefined
  /** The lifetime of a credential in seconds; 0 means unlimited. */
  credentialDuration?: number | undefined
  /** The metadata of the credential issuer. */
  credentialIssuerMetadata?: {
    /** Issuers of the authorization servers. */
    authorizationServers?: Array<string> | undefined
    /** Identifier of the credential issuer. */
    credentialIssuer?: string | undefined
    /** URL of the credential endpoint. */
    credentialEndpoint?: string | undefined
    /** URL of the batch credential endpoint. */
    batchCredentialEndpoint?: string | undefined
    /** URL of the deferred credential endpoint. */
    deferredCredentialEndpoint?: string | undefined
    /** Credentials that can be issued, as JSON text. */
    credentialsSupported?: string | undefined
    /** Algorithms that encrypt the key of credential responses. */
    credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
    /** Algorithms that encrypt the content of credential responses. */
    credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
    /** Compression algorithms of credential responses. */
    credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
    /** Whether credential responses are always encrypted. */
    requireCredentialResponseEncryption?: boolean | undefined
    /** URL of the nonce endpoint. */
    nonceEndpoint?: string | undefined
    /** URL of the notification endpoint. */
    notificationEndpoint?: string | undefined
    /** Maximum number of credentials in one request. */
    batchSize?: number | undefined
    /** How to display the credential issuer. */
    display?: string | undefined
    /** Key set for encrypted credential requests, as JSON text. */
    credentialRequestEncryptionJwks?: string | undefined
    /** Algorithms that encrypt the content of credential requests. */
    credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
    /** Compression algorithms of credential requests. */
    credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
    /** Whether credential requests must be encrypted. */
    requireCredentialRequestEncryption?: boolean | undefined
  } | undefined
  /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
  oid4vciVersion?: string | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** The root certificates of key attesters, each in PEM. */
  keyAttesterRoots?: Array<string> | undefined
  /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
  keyAttesterRootsEnabled?: boolean | undefined
  /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
  keyAttesterRootsOnly?: boolean | undefined
  /** The number of the service, below 2^31. */
  number: number
  /** The ID of the service in the paths of this API, below 2^53. */
  apiKey: number
  /** The API token of the service, if a client of Authlete 2.x created the service. */
  apiSecret?: string | undefined
  /** Always 0: services have no owner. */
  serviceOwnerNumber?: number | undefined
  /** The time when the service was created, in milliseconds since the Unix epoch. */
  createdAt: number
  /** The time when the service was last changed, in milliseconds since the Unix epoch. */
  modifiedAt: number
}

export type Sns = 'FACEBOOK'

export interface SnsCredentials {
  /** The social network. */
  sns?: 'FACEBOOK' | undefined
  /** The API key of the service at the social network. */
  apiKey?: string | undefined
  /** The API secret of the service at the social network. */
  apiSecret?: string | undefined
}

export type ServiceProfile = 'FAPI' | 'OPEN_BANKING'

export type ClientAuthMethod = 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT'

export interface NamedUri {
  /** The name. */
  name?: string | undefined
  /** The URI. */
  uri?: string | undefined
}

export interface Hsk {
  /** The key type (RFC 7517 §4.1). */
  kty?: string | undefined
  /** The use of the key (RFC 7517 §4.2). */
  use?: string | undefined
  /** The key ID (RFC 7517 §4.5). */
  kid?: string | undefined
  /** The name of the hardware security module. */
  hsmName?: string | undefined
  /** The handle of the key in the module. */
  handle?: string | undefined
  /** The public key in PEM. */
  publicKey?: string | undefined
  /** The algorithm (RFC 7517 §4.4). */
  alg?: string | undefined
  /** The key set that the key belongs to. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** How the module finds the key; not secret. */
  reference?: string | undefined
  /** The certificates of the key (RFC 7517 §4.7). */
  x5c?: Array<string> | undefined
}

export type ClaimType = 'NORMAL' | 'AGGREGATED' | 'DISTRIBUTED'

export type AttachmentType = 'EMBEDDED' | 'EXTERNAL'

export type DeliveryMode = 'PING' | 'POLL' | 'PUSH'

export interface TrustAnchor {
  /** The entity identifier of the trust anchor. */
  entityId?: string | undefined
  /** The key set of the trust anchor, as JSON text. */
  jwks?: string | undefined
}

export interface Warning {
  /** Kind of the warning. */
  code: 'signing-key-missing' | 'encryption-key-missing' | 'encryption-off' | 'unknown-attribute' | 'renamed-attribute' | 'unknown-member' | 'secret-hashed' | 'federation-key-shared' | 'federation-incomplete'
  /** The property of the warning. */
  property: string
  /** What does not work, and which value would be right. */
  message: string
}

export interface ServiceDocument {
  /** The display name of the service, for people. */
  serviceName?: string | undefined
  /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
  issuer?: string | undefined
  /** A description of the service, for people. */
  description?: string | undefined
  /** The number of clients that one developer may have; 0 means unlimited. */
  clientsPerDeveloper?: number | undefined
  /** The URL that authenticates developers. */
  developerAuthenticationCallbackEndpoint?: string | undefined
  /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
  developerAuthenticationCallbackApiKey?: string | undefined
  /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
  developerAuthenticationCallbackApiSecret?: string | undefined
  /** The social networks with which users may log in. */
  supportedSnses?: Array<Sns> | undefined
  /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
  snsCredentials?: Array<SnsCredentials> | undefined
  /** The social networks with which developers may log in. */
  supportedDeveloperSnses?: Array<Sns> | undefined
  /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
  developerSnsCredentials?: Array<SnsCredentials> | undefined
  /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
  metadata?: Array<Pair> | undefined
  /** The URL that authenticates users. */
  authenticationCallbackEndpoint?: string | undefined
  /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
  authenticationCallbackApiKey?: string | undefined
  /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
  authenticationCallbackApiSecret?: string | undefined
  /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
  supportedAcrs?: Array<string> | undefined
  /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
  supportedServiceProfiles?: Array<ServiceProfile> | undefined
  /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
  errorDescriptionOmitted?: boolean | undefined
  /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
  errorUriOmitted?: boolean | undefined
  /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
  supportedUiLocales?: Array<string> | undefined
  /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
  supportedDisplays?: Array<Display> | undefined
  /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
  policyUri?: string | undefined
  /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
  tosUri?: string | undefined
  /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
  serviceDocumentation?: string | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
  httpAliasProhibited?: boolean | undefined
  /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
  supportedGrantTypes?: Array<GrantType> | undefined
  /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
  supportedResponseTypes?: Array<ResponseType> | undefined
  /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
  supportedAuthorizationDetailsTypes?: Array<string> | undefined
  /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
  authorizationEndpoint?: string | undefined
  /** Whether the engine serves an authorization endpoint itself. */
  directAuthorizationEndpointEnabled?: boolean | undefined
  /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
  authorizationResponseDuration?: number | undefined
  /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
  pushedAuthReqEndpoint?: string | undefined
  /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
  pushedAuthReqDuration?: number | undefined
  /** Whether every authorization request must be pushed first (RFC 9126 §5). */
  parRequired?: boolean | undefined
  /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
  traditionalRequestObjectProcessingApplied?: boolean | undefined
  /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
  supportedScopes?: Array<Scope> | undefined
  /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
  scopeRequired?: boolean | undefined
  /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
  nbfOptional?: boolean | undefined
  /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
  issSuppressed?: boolean | undefined
  /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
  loopbackRedirectionUriVariable?: boolean | undefined
  /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
  requestObjectAudienceChecked?: boolean | undefined
  /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
  supportedPromptValues?: Array<Prompt> | undefined
  /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
  authorizationCodeDuration?: number | undefined
  /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
  clientAssertionAudRestrictedToIssuer?: boolean | undefined
  /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
  supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
  /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
  missingClientIdAllowed?: boolean | undefined
  /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
  supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
  /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
  supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
  /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
  mutualTlsValidatePkiCertChain?: boolean | undefined
  /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
  trustedRootCertificates?: Array<string> | undefined
  /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
  mtlsEndpointAliases?: Array<NamedUri> | undefined
  /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
  challengeEndpoint?: string | undefined
  /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
  attestationChallengeTimeWindow?: number | undefined
  /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
  clientAttesterRoots?: Array<string> | undefined
  /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
  clientAttesterRootsEnabled?: boolean | undefined
  /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
  clientAttesterRootsOnly?: boolean | undefined
  /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
  tokenBatchNotificationEndpoint?: string | undefined
  /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
  tokenEndpoint?: string | undefined
  /** Whether the engine serves a token endpoint itself. */
  directTokenEndpointEnabled?: boolean | undefined
  /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
  revocationEndpoint?: string | undefined
  /** Whether the engine serves a revocation endpoint itself. */
  directRevocationEndpointEnabled?: boolean | undefined
  /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
  introspectionEndpoint?: string | undefined
  /** Whether the engine serves an introspection endpoint itself. */
  directIntrospectionEndpointEnabled?: boolean | undefined
  /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
  accessTokenType?: string | undefined
  /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
  accessTokenDuration?: number | undefined
  /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
  accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
  refreshTokenDuration?: number | undefined
  /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
  refreshTokenDurationKept?: boolean | undefined
  /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
  refreshTokenDurationReset?: boolean | undefined
  /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
  refreshTokenKept?: boolean | undefined
  /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
  idTokenDuration?: number | undefined
  /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
  allowableClockSkew?: number | undefined
  /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
  userInfoEndpoint?: string | undefined
  /** Whether the engine serves a UserInfo endpoint itself. */
  directUserInfoEndpointEnabled?: boolean | undefined
  /** Whether an access token expires no later than the refresh token that is issued with it. */
  tokenExpirationLinked?: boolean | undefined
  /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
  grantManagementEndpoint?: string | undefined
  /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
  grantManagementActionRequired?: boolean | undefined
  /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
  accessTokenForExternalAttachmentEmbedded?: boolean | undefined
  /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
  refreshTokenIdempotent?: boolean | undefined
  /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
  tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
  /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
  tokenExchangeByConfidentialClientsOnly?: boolean | undefined
  /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
  tokenExchangeByPermittedClientsOnly?: boolean | undefined
  /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
  tokenExchangeEncryptedJwtRejected?: boolean | undefined
  /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
  tokenExchangeUnsignedJwtRejected?: boolean | undefined
  /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
  jwtGrantByIdentifiableClientsOnly?: boolean | undefined
  /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
  jwtGrantEncryptedJwtRejected?: boolean | undefined
  /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
  jwtGrantUnsignedJwtRejected?: boolean | undefined
  /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
  openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
  /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
  rsResponseSigned?: boolean | undefined
  /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
  /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
  dpopNonceDuration?: number | undefined
  /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
  idTokenReissuable?: boolean | undefined
  /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
  idTokenAudType?: string | undefined
  /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
  nativeSsoSupported?: boolean | undefined
  /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
  pairwiseSubjectSalt?: string | undefined
  /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  accessTokenSignatureKeyId?: string | undefined
  /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
  jwksUri?: string | undefined
  /** Whether the engine serves the key set itself. */
  directJwksEndpointEnabled?: boolean | undefined
  /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
  jwks?: string | undefined
  /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  idTokenSignatureKeyId?: string | undefined
  /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  userInfoSignatureKeyId?: string | undefined
  /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
  authorizationSignatureKeyId?: string | undefined
  /** Whether the service uses keys of hardware security modules. */
  hsmEnabled?: boolean | undefined
  /** The keys of the service in hardware security modules. */
  hsks?: Array<Hsk> | undefined
  /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
  introspectionSignatureKeyId?: string | undefined
  /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
  resourceSignatureKeyId?: string | undefined
  /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
  supportedClaimTypes?: Array<ClaimType> | undefined
  /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
  supportedClaimLocales?: Array<string> | undefined
  /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
  supportedClaims?: Array<string> | undefined
  /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
  claimShortcutRestrictive?: boolean | undefined
  /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedTrustFrameworks?: Array<string> | undefined
  /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedEvidence?: Array<string> | undefined
  /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
  supportedIdentityDocuments?: Array<string> | undefined
  /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
  supportedVerificationMethods?: Array<string> | undefined
  /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedVerifiedClaims?: Array<string> | undefined
  /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
  verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
  /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
  predefinedTransformedClaims?: string | undefined
  /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedAttachments?: Array<AttachmentType> | undefined
  /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDigestAlgorithms?: Array<string> | undefined
  /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocuments?: Array<string> | undefined
  /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsMethods?: Array<string> | undefined
  /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsValidationMethods?: Array<string> | undefined
  /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsVerificationMethods?: Array<string> | undefined
  /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedElectronicRecords?: Array<string> | undefined
  /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
  supportedDocumentsCheckMethods?: Array<string> | undefined
  /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
  backchannelAuthenticationEndpoint?: string | undefined
  /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
  supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
  /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
  backchannelAuthReqIdDuration?: number | undefined
  /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
  backchannelPollingInterval?: number | undefined
  /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
  backchannelUserCodeParameterSupported?: boolean | undefined
  /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
  backchannelBindingMessageRequiredInFapi?: boolean | undefined
  /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
  deviceAuthorizationEndpoint?: string | undefined
  /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
  deviceVerificationUri?: string | undefined
  /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
  deviceVerificationUriComplete?: string | undefined
  /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
  deviceFlowCodeDuration?: number | undefined
  /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
  deviceFlowPollingInterval?: number | undefined
  /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
  userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
  /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
  userCodeLength?: number | undefined
  /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
  endSessionEndpoint?: string | undefined
  /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
  checkSessionIframe?: string | undefined
  /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
  frontchannelLogoutSupported?: boolean | undefined
  /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
  frontchannelLogoutSessionSupported?: boolean | undefined
  /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
  backchannelLogoutSupported?: boolean | undefined
  /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
  backchannelLogoutSessionSupported?: boolean | undefined
  /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
  dynamicRegistrationSupported?: boolean | undefined
  /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
  registrationEndpoint?: string | undefined
  /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
  registrationManagementEndpoint?: string | undefined
  /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
  supportedCustomClientMetadata?: Array<string> | undefined
  /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
  unauthorizedOnClientConfigSupported?: boolean | undefined
  /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
  dcrScopeUsedAsRequestable?: boolean | undefined
  /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
  dcrDuplicateSoftwareIdBlocked?: boolean | undefined
  /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
  cimdMetadataPolicyEnabled?: boolean | undefined
  /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
  clientIdMetadataDocumentSupported?: boolean | undefined
  /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
  cimdAllowlistEnabled?: boolean | undefined
  /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
  cimdAllowlist?: Array<string> | undefined
  /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
  cimdAlwaysRetrieved?: boolean | undefined
  /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
  cimdHttpPermitted?: boolean | undefined
  /** Whether the URL of a metadata document may have a query (CIMD §3). */
  cimdQueryPermitted?: boolean | undefined
  /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
  cimdMetadataPolicy?: string | undefined
  /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
  authorityHints?: Array<string> | undefined
  /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
  federationEnabled?: boolean | undefined
  /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
  federationJwks?: string | undefined
  /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
  federationSignatureKeyId?: string | undefined
  /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
  federationConfigurationDuration?: number | undefined
  /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
  federationRegistrationEndpoint?: string | undefined
  /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
  organizationName?: string | undefined
  /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
  supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
  trustAnchors?: Array<TrustAnchor> | undefined
  /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
  cnonceDuration?: number | undefined
  /** Whether the service issues verifiable credentials. */
  verifiableCredentialsEnabled?: boolean | undefined
  /** The URL of the key set for credentials. */
  credentialJwksUri?: string | undefined
  /** The lifetime of a credential offer in seconds; 0 means 86400. */
  credentialOfferDuration?: number | undefined
  /** Whether a pre-authorized code can be redeemed without a `client_id`. */
  preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
  /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
  credentialTransactionDuration?: number | undefined
  /** The length of the transaction code of a credential offer in characters. */
  userPinLength?: number | undefined
  /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
  credentialJwks?: string | undefined
  /** The lifetime of a credential in seconds; 0 means unlimited. */
  credentialDuration?: number | undefined
  /** The metadata of the credential issuer. */
  credentialIssuerMetadata?: {
    /** Issuers of the authorization servers. */
    authorizationServers?: Array<string> | undefined
    /** Identifier of the credential issuer. */
    credentialIssuer?: string | undefined
    /** URL of the credential endpoint. */
    credentialEndpoint?: string | undefined
    /** URL of the batch credential endpoint. */
    batchCredentialEndpoint?: string | undefined
    /** URL of the deferred credential endpoint. */
    deferredCredentialEndpoint?: string | undefined
    /** Credentials that can be issued, as JSON text. */
    credentialsSupported?: string | undefined
    /** Algorithms that encrypt the key of credential responses. */
    credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
    /** Algorithms that encrypt the content of credential responses. */
    credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
    /** Compression algorithms of credential responses. */
    credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
    /** Whether credential responses are always encrypted. */
    requireCredentialResponseEncryption?: boolean | undefined
    /** URL of the nonce endpoint. */
    nonceEndpoint?: string | undefined
    /** URL of the notification endpoint. */
    notificationEndpoint?: string | undefined
    /** Maximum number of credentials in one request. */
    batchSize?: number | undefined
    /** How to display the credential issuer. */
    display?: string | undefined
    /** Key set for encrypted credential requests, as JSON text. */
    credentialRequestEncryptionJwks?: string | undefined
    /** Algorithms that encrypt the content of credential requests. */
    credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
    /** Compression algorithms of credential requests. */
    credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
    /** Whether credential requests must be encrypted. */
    requireCredentialRequestEncryption?: boolean | undefined
  } | undefined
  /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
  oid4vciVersion?: string | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** The root certificates of key attesters, each in PEM. */
  keyAttesterRoots?: Array<string> | undefined
  /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
  keyAttesterRootsEnabled?: boolean | undefined
  /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
  keyAttesterRootsOnly?: boolean | undefined
}

export interface ServiceGetListResponse {
  /** Index of the first service. */
  start: number
  /** Index after the last requested service. */
  end: number
  /** Number of services that the caller may read. */
  totalCount: number
  /** The services, in the order in which they were created. */
  services: Array<Service>
}

export interface ServiceSearchResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The services. */
  services: Array<ServiceSummary>
  /** The `after` of the next call; absent if there are no more. A page may have fewer items than `limit`, or none, although there are more. */
  next?: string | undefined
}

export interface ServiceSummary {
  /** The ID of the service in the paths of this API, below 2^53. */
  apiKey: number
  /** The number of the service, below 2^31. */
  number: number
  /** The display name of the service. */
  serviceName?: string | undefined
  /** The issuer identifier of the authorization server. */
  issuer?: string | undefined
  /** Labels of the service, by which `/api/services` selects it. */
  labels?: Array<string> | undefined
  /** The key of the service: the attribute `ext.config.key`. */
  key?: string | undefined
  /** The time when the service was created, in milliseconds since the Unix epoch. */
  createdAt: number
  /** The time when the service was last changed, in milliseconds since the Unix epoch. */
  modifiedAt: number
  /** Grows with every change; the ETag of the document begins with it. */
  version: number
}

export interface LintReport {
  /** What the lints found. */
  findings: Array<{
    /** The code of the lint. */
    code: string
    /** The checked profiles that it belongs to. */
    profiles: Array<LintProfile>
    /** An `error` breaks the profile. */
    level: 'error' | 'warning' | 'hint'
    /** The property that it is about. */
    path: string
    /** What demands or recommends it. */
    spec?: string | undefined
    /** What is wrong, as a sentence. */
    says: string
    /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
    fix?: Record<string, unknown> | undefined
  }>
  /** By checked profile, whether the document satisfies it. */
  conforms: {
    'oauth-2.1'?: boolean | undefined
    rfc9700?: boolean | undefined
    'fapi1-advanced'?: boolean | undefined
    'fapi2-security'?: boolean | undefined
    'fapi2-message-signing'?: boolean | undefined
    haip?: boolean | undefined
    mcp?: boolean | undefined
    'oidc-op'?: boolean | undefined
    operations?: boolean | undefined
  }
}

export type LintProfile = 'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'

export interface ServiceLintRequest {
  /** The profiles to check; without, all. */
  profiles?: Array<LintProfile> | undefined
  /** Settings that are not saved yet; without, those of the service. */
  service?: {
    /** The display name of the service, for people. */
    serviceName?: string | undefined
    /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
    issuer?: string | undefined
    /** A description of the service, for people. */
    description?: string | undefined
    /** The number of clients that one developer may have; 0 means unlimited. */
    clientsPerDeveloper?: number | undefined
    /** The URL that authenticates developers. */
    developerAuthenticationCallbackEndpoint?: string | undefined
    /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiKey?: string | undefined
    /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiSecret?: string | undefined
    /** The social networks with which users may log in. */
    supportedSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
    snsCredentials?: Array<SnsCredentials> | undefined
    /** The social networks with which developers may log in. */
    supportedDeveloperSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
    developerSnsCredentials?: Array<SnsCredentials> | undefined
    /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
    metadata?: Array<Pair> | undefined
    /** The URL that authenticates users. */
    authenticationCallbackEndpoint?: string | undefined
    /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiKey?: string | undefined
    /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiSecret?: string | undefined
    /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
    supportedAcrs?: Array<string> | undefined
    /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
    supportedServiceProfiles?: Array<ServiceProfile> | undefined
    /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
    errorDescriptionOmitted?: boolean | undefined
    /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
    errorUriOmitted?: boolean | undefined
    /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
    supportedUiLocales?: Array<string> | undefined
    /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
    supportedDisplays?: Array<Display> | undefined
    /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
    policyUri?: string | undefined
    /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
    tosUri?: string | undefined
    /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
    serviceDocumentation?: string | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
    httpAliasProhibited?: boolean | undefined
    /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
    supportedGrantTypes?: Array<GrantType> | undefined
    /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
    supportedResponseTypes?: Array<ResponseType> | undefined
    /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
    supportedAuthorizationDetailsTypes?: Array<string> | undefined
    /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
    authorizationEndpoint?: string | undefined
    /** Whether the engine serves an authorization endpoint itself. */
    directAuthorizationEndpointEnabled?: boolean | undefined
    /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
    authorizationResponseDuration?: number | undefined
    /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
    pushedAuthReqEndpoint?: string | undefined
    /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
    pushedAuthReqDuration?: number | undefined
    /** Whether every authorization request must be pushed first (RFC 9126 §5). */
    parRequired?: boolean | undefined
    /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
    traditionalRequestObjectProcessingApplied?: boolean | undefined
    /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
    supportedScopes?: Array<Scope> | undefined
    /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
    scopeRequired?: boolean | undefined
    /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
    nbfOptional?: boolean | undefined
    /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
    issSuppressed?: boolean | undefined
    /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
    loopbackRedirectionUriVariable?: boolean | undefined
    /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
    requestObjectAudienceChecked?: boolean | undefined
    /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
    supportedPromptValues?: Array<Prompt> | undefined
    /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
    authorizationCodeDuration?: number | undefined
    /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
    clientAssertionAudRestrictedToIssuer?: boolean | undefined
    /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
    missingClientIdAllowed?: boolean | undefined
    /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
    /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
    supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
    mutualTlsValidatePkiCertChain?: boolean | undefined
    /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
    trustedRootCertificates?: Array<string> | undefined
    /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
    mtlsEndpointAliases?: Array<NamedUri> | undefined
    /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
    challengeEndpoint?: string | undefined
    /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
    attestationChallengeTimeWindow?: number | undefined
    /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
    clientAttesterRoots?: Array<string> | undefined
    /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
    clientAttesterRootsEnabled?: boolean | undefined
    /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
    clientAttesterRootsOnly?: boolean | undefined
    /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
    tokenBatchNotificationEndpoint?: string | undefined
    /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
    tokenEndpoint?: string | undefined
    /** Whether the engine serves a token endpoint itself. */
    directTokenEndpointEnabled?: boolean | undefined
    /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
    revocationEndpoint?: string | undefined
    /** Whether the engine serves a revocation endpoint itself. */
    directRevocationEndpointEnabled?: boolean | undefined
    /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
    introspectionEndpoint?: string | undefined
    /** Whether the engine serves an introspection endpoint itself. */
    directIntrospectionEndpointEnabled?: boolean | undefined
    /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
    accessTokenType?: string | undefined
    /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
    accessTokenDuration?: number | undefined
    /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
    accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
    refreshTokenDuration?: number | undefined
    /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
    refreshTokenDurationKept?: boolean | undefined
    /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
    refreshTokenDurationReset?: boolean | undefined
    /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
    refreshTokenKept?: boolean | undefined
    /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
    idTokenDuration?: number | undefined
    /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
    allowableClockSkew?: number | undefined
    /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
    userInfoEndpoint?: string | undefined
    /** Whether the engine serves a UserInfo endpoint itself. */
    directUserInfoEndpointEnabled?: boolean | undefined
    /** Whether an access token expires no later than the refresh token that is issued with it. */
    tokenExpirationLinked?: boolean | undefined
    /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
    grantManagementEndpoint?: string | undefined
    /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
    grantManagementActionRequired?: boolean | undefined
    /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
    accessTokenForExternalAttachmentEmbedded?: boolean | undefined
    /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
    refreshTokenIdempotent?: boolean | undefined
    /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
    tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
    /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
    tokenExchangeByConfidentialClientsOnly?: boolean | undefined
    /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
    tokenExchangeByPermittedClientsOnly?: boolean | undefined
    /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
    tokenExchangeEncryptedJwtRejected?: boolean | undefined
    /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
    tokenExchangeUnsignedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
    jwtGrantByIdentifiableClientsOnly?: boolean | undefined
    /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
    jwtGrantEncryptedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
    jwtGrantUnsignedJwtRejected?: boolean | undefined
    /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
    openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
    /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
    rsResponseSigned?: boolean | undefined
    /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
    dpopNonceRequired?: boolean | undefined
    /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
    dpopNonceDuration?: number | undefined
    /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
    idTokenReissuable?: boolean | undefined
    /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
    idTokenAudType?: string | undefined
    /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
    nativeSsoSupported?: boolean | undefined
    /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
    pairwiseSubjectSalt?: string | undefined
    /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    accessTokenSignatureKeyId?: string | undefined
    /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
    jwksUri?: string | undefined
    /** Whether the engine serves the key set itself. */
    directJwksEndpointEnabled?: boolean | undefined
    /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
    jwks?: string | undefined
    /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    idTokenSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    userInfoSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    authorizationSignatureKeyId?: string | undefined
    /** Whether the service uses keys of hardware security modules. */
    hsmEnabled?: boolean | undefined
    /** The keys of the service in hardware security modules. */
    hsks?: Array<Hsk> | undefined
    /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
    introspectionSignatureKeyId?: string | undefined
    /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
    resourceSignatureKeyId?: string | undefined
    /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
    supportedClaimTypes?: Array<ClaimType> | undefined
    /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
    supportedClaimLocales?: Array<string> | undefined
    /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
    supportedClaims?: Array<string> | undefined
    /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
    claimShortcutRestrictive?: boolean | undefined
    /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedTrustFrameworks?: Array<string> | undefined
    /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedEvidence?: Array<string> | undefined
    /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedIdentityDocuments?: Array<string> | undefined
    /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedVerificationMethods?: Array<string> | undefined
    /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedVerifiedClaims?: Array<string> | undefined
    /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
    verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
    /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
    predefinedTransformedClaims?: string | undefined
    /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedAttachments?: Array<AttachmentType> | undefined
    /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDigestAlgorithms?: Array<string> | undefined
    /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocuments?: Array<string> | undefined
    /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsMethods?: Array<string> | undefined
    /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsValidationMethods?: Array<string> | undefined
    /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsVerificationMethods?: Array<string> | undefined
    /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedElectronicRecords?: Array<string> | undefined
    /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsCheckMethods?: Array<string> | undefined
    /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
    backchannelAuthenticationEndpoint?: string | undefined
    /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
    supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
    /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
    backchannelAuthReqIdDuration?: number | undefined
    /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
    backchannelPollingInterval?: number | undefined
    /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
    backchannelUserCodeParameterSupported?: boolean | undefined
    /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
    backchannelBindingMessageRequiredInFapi?: boolean | undefined
    /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
    deviceAuthorizationEndpoint?: string | undefined
    /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
    deviceVerificationUri?: string | undefined
    /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
    deviceVerificationUriComplete?: string | undefined
    /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
    deviceFlowCodeDuration?: number | undefined
    /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
    deviceFlowPollingInterval?: number | undefined
    /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
    userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
    /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
    userCodeLength?: number | undefined
    /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
    endSessionEndpoint?: string | undefined
    /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
    checkSessionIframe?: string | undefined
    /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSupported?: boolean | undefined
    /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSessionSupported?: boolean | undefined
    /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSupported?: boolean | undefined
    /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSessionSupported?: boolean | undefined
    /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
    dynamicRegistrationSupported?: boolean | undefined
    /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
    registrationEndpoint?: string | undefined
    /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
    registrationManagementEndpoint?: string | undefined
    /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
    supportedCustomClientMetadata?: Array<string> | undefined
    /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
    unauthorizedOnClientConfigSupported?: boolean | undefined
    /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
    dcrScopeUsedAsRequestable?: boolean | undefined
    /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
    dcrDuplicateSoftwareIdBlocked?: boolean | undefined
    /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
    cimdMetadataPolicyEnabled?: boolean | undefined
    /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
    clientIdMetadataDocumentSupported?: boolean | undefined
    /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
    cimdAllowlistEnabled?: boolean | undefined
    /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
    cimdAllowlist?: Array<string> | undefined
    /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
    cimdAlwaysRetrieved?: boolean | undefined
    /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
    cimdHttpPermitted?: boolean | undefined
    /** Whether the URL of a metadata document may have a query (CIMD §3). */
    cimdQueryPermitted?: boolean | undefined
    /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
    cimdMetadataPolicy?: string | undefined
    /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
    authorityHints?: Array<string> | undefined
    /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
    federationEnabled?: boolean | undefined
    /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    federationJwks?: string | undefined
    /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
    federationSignatureKeyId?: string | undefined
    /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
    federationConfigurationDuration?: number | undefined
    /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
    federationRegistrationEndpoint?: string | undefined
    /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
    organizationName?: string | undefined
    /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
    supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
    trustAnchors?: Array<TrustAnchor> | undefined
    /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
    cnonceDuration?: number | undefined
    /** Whether the service issues verifiable credentials. */
    verifiableCredentialsEnabled?: boolean | undefined
    /** The URL of the key set for credentials. */
    credentialJwksUri?: string | undefined
    /** The lifetime of a credential offer in seconds; 0 means 86400. */
    credentialOfferDuration?: number | undefined
    /** Whether a pre-authorized code can be redeemed without a `client_id`. */
    preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
    /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
    credentialTransactionDuration?: number | undefined
    /** The length of the transaction code of a credential offer in characters. */
    userPinLength?: number | undefined
    /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    credentialJwks?: string | undefined
    /** The lifetime of a credential in seconds; 0 means unlimited. */
    credentialDuration?: number | undefined
    /** The metadata of the credential issuer. */
    credentialIssuerMetadata?: {
      /** Issuers of the authorization servers. */
      authorizationServers?: Array<string> | undefined
      /** Identifier of the credential issuer. */
      credentialIssuer?: string | undefined
      /** URL of the credential endpoint. */
      credentialEndpoint?: string | undefined
      /** URL of the batch credential endpoint. */
      batchCredentialEndpoint?: string | undefined
      /** URL of the deferred credential endpoint. */
      deferredCredentialEndpoint?: string | undefined
      /** Credentials that can be issued, as JSON text. */
      credentialsSupported?: string | undefined
      /** Algorithms that encrypt the key of credential responses. */
      credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
      /** Algorithms that encrypt the content of credential responses. */
      credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential responses. */
      credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential responses are always encrypted. */
      requireCredentialResponseEncryption?: boolean | undefined
      /** URL of the nonce endpoint. */
      nonceEndpoint?: string | undefined
      /** URL of the notification endpoint. */
      notificationEndpoint?: string | undefined
      /** Maximum number of credentials in one request. */
      batchSize?: number | undefined
      /** How to display the credential issuer. */
      display?: string | undefined
      /** Key set for encrypted credential requests, as JSON text. */
      credentialRequestEncryptionJwks?: string | undefined
      /** Algorithms that encrypt the content of credential requests. */
      credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential requests. */
      credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential requests must be encrypted. */
      requireCredentialRequestEncryption?: boolean | undefined
    } | undefined
    /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
    oid4vciVersion?: string | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** The root certificates of key attesters, each in PEM. */
    keyAttesterRoots?: Array<string> | undefined
    /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
    keyAttesterRootsEnabled?: boolean | undefined
    /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
    keyAttesterRootsOnly?: boolean | undefined
  } | undefined
}

export interface Change {
  /** Name of the property. */
  property: string
  /** The value before the update; secrets are omitted. */
  before?: unknown | undefined
  /** The value after the update; secrets are omitted. */
  after?: unknown | undefined
  /** Whether the property was reset to its default because the call omitted it. */
  reset: boolean
}

/** A JSON Merge Patch (RFC 7396): members that change; null resets one to its default, and lists are replaced as a whole. */
export type MergePatch = Record<string, unknown>

/** A JSON Patch (RFC 6902) of at most 50 operations. */
export type JsonPatch = Array<{
  /** What the operation does. */
  op: 'add'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
  /** The value. */
  value?: unknown | undefined
} | {
  /** What the operation does. */
  op: 'replace'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
  /** The value. */
  value?: unknown | undefined
} | {
  /** What the operation does. */
  op: 'test'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
  /** The value. */
  value?: unknown | undefined
} | {
  /** What the operation does. */
  op: 'remove'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
} | {
  /** What the operation does. */
  op: 'move'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
  /** From where: a JSON Pointer (RFC 6901). */
  from: string
} | {
  /** What the operation does. */
  op: 'copy'
  /** Where: a JSON Pointer (RFC 6901). */
  path: string
  /** From where: a JSON Pointer (RFC 6901). */
  from: string
}>

export interface RevisionListResponse {
  /** The revisions, the newest first. */
  revisions: Array<RevisionSummary>
  /** The `before` of the next call; absent if there are no more. */
  next?: number | undefined
}

export interface RevisionSummary {
  /** The version of the document: the `ETag` of it began so. */
  revision: number
  /** When the change was made, in milliseconds since the epoch. */
  at: number
  /** The operationId of the change; absent for one from before revisions were kept. */
  operation?: string | undefined
  /** Who made the change. */
  actor?: {
    /** Who acted. */
    kind: 'api_token' | 'client' | 'server'
    /** Identifier of the API token or client. */
    id?: string | undefined
    /** The description of the API token at that time. */
    label?: string | undefined
  } | undefined
  /** For whom the actor said it acts: a claim, which was not verified. */
  onBehalfOf?: string | undefined
  /** Why, as the caller said in `Postern-Reason`. */
  reason?: string | undefined
  /** The `X-Request-Id` of the call. */
  requestId?: string | undefined
  /** The revision whose settings the change brought back. */
  restored?: number | undefined
  /** JSON Pointers of the secrets and keys that the change replaced. */
  secrets?: Array<string> | undefined
}

export interface RevisionResponse {
  /** The version of the document: the `ETag` of it began so. */
  revision: number
  /** When the change was made, in milliseconds since the epoch. */
  at: number
  /** The operationId of the change; absent for one from before revisions were kept. */
  operation?: string | undefined
  /** Who made the change. */
  actor?: {
    /** Who acted. */
    kind: 'api_token' | 'client' | 'server'
    /** Identifier of the API token or client. */
    id?: string | undefined
    /** The description of the API token at that time. */
    label?: string | undefined
  } | undefined
  /** For whom the actor said it acts: a claim, which was not verified. */
  onBehalfOf?: string | undefined
  /** Why, as the caller said in `Postern-Reason`. */
  reason?: string | undefined
  /** The `X-Request-Id` of the call. */
  requestId?: string | undefined
  /** The revision whose settings the change brought back. */
  restored?: number | undefined
  /** JSON Pointers of the secrets and keys that the change replaced. */
  secrets?: Array<string> | undefined
  /** The settings with their defaults, and without secrets and keys. */
  settings?: Record<string, unknown> | undefined
  /** With `diff`: what changed from that revision to this one. */
  changes?: Array<RevisionChange> | undefined
}

export interface RevisionChange {
  /** A JSON Pointer (RFC 6901) to the setting; an attribute is named by its key. */
  path: string
  /** The earlier value; absent if there was none. */
  before?: unknown | undefined
  /** The later value; absent if there is none. `(secret, changed)` for a secret. */
  after?: unknown | undefined
}

export interface TestClock {
  /** The time of the service, in milliseconds since the epoch. */
  now: number
  /** How far it is ahead of real time, in milliseconds. */
  ahead: number
}

export interface TestClockRequest {
  /** By how many seconds the clock is moved forward. */
  advanceSeconds?: number | undefined
  /** The time that the clock is set to, in milliseconds since the epoch. */
  setTo?: number | undefined
}

export interface OrganizationServiceCreateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** The service. */
  service?: {
    /** The display name of the service, for people. */
    serviceName?: string | undefined
    /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
    issuer?: string | undefined
    /** A description of the service, for people. */
    description?: string | undefined
    /** The number of clients that one developer may have; 0 means unlimited. */
    clientsPerDeveloper?: number | undefined
    /** The URL that authenticates developers. */
    developerAuthenticationCallbackEndpoint?: string | undefined
    /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiKey?: string | undefined
    /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiSecret?: string | undefined
    /** The social networks with which users may log in. */
    supportedSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
    snsCredentials?: Array<SnsCredentials> | undefined
    /** The social networks with which developers may log in. */
    supportedDeveloperSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
    developerSnsCredentials?: Array<SnsCredentials> | undefined
    /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
    metadata?: Array<Pair> | undefined
    /** The URL that authenticates users. */
    authenticationCallbackEndpoint?: string | undefined
    /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiKey?: string | undefined
    /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiSecret?: string | undefined
    /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
    supportedAcrs?: Array<string> | undefined
    /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
    supportedServiceProfiles?: Array<ServiceProfile> | undefined
    /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
    errorDescriptionOmitted?: boolean | undefined
    /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
    errorUriOmitted?: boolean | undefined
    /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
    supportedUiLocales?: Array<string> | undefined
    /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
    supportedDisplays?: Array<Display> | undefined
    /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
    policyUri?: string | undefined
    /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
    tosUri?: string | undefined
    /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
    serviceDocumentation?: string | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
    httpAliasProhibited?: boolean | undefined
    /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
    supportedGrantTypes?: Array<GrantType> | undefined
    /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
    supportedResponseTypes?: Array<ResponseType> | undefined
    /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
    supportedAuthorizationDetailsTypes?: Array<string> | undefined
    /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
    authorizationEndpoint?: string | undefined
    /** Whether the engine serves an authorization endpoint itself. */
    directAuthorizationEndpointEnabled?: boolean | undefined
    /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
    authorizationResponseDuration?: number | undefined
    /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
    pushedAuthReqEndpoint?: string | undefined
    /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
    pushedAuthReqDuration?: number | undefined
    /** Whether every authorization request must be pushed first (RFC 9126 §5). */
    parRequired?: boolean | undefined
    /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
    traditionalRequestObjectProcessingApplied?: boolean | undefined
    /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
    supportedScopes?: Array<Scope> | undefined
    /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
    scopeRequired?: boolean | undefined
    /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
    nbfOptional?: boolean | undefined
    /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
    issSuppressed?: boolean | undefined
    /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
    loopbackRedirectionUriVariable?: boolean | undefined
    /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
    requestObjectAudienceChecked?: boolean | undefined
    /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
    supportedPromptValues?: Array<Prompt> | undefined
    /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
    authorizationCodeDuration?: number | undefined
    /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
    clientAssertionAudRestrictedToIssuer?: boolean | undefined
    /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
    missingClientIdAllowed?: boolean | undefined
    /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
    /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
    supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
    mutualTlsValidatePkiCertChain?: boolean | undefined
    /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
    trustedRootCertificates?: Array<string> | undefined
    /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
    mtlsEndpointAliases?: Array<NamedUri> | undefined
    /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
    challengeEndpoint?: string | undefined
    /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
    attestationChallengeTimeWindow?: number | undefined
    /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
    clientAttesterRoots?: Array<string> | undefined
    /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
    clientAttesterRootsEnabled?: boolean | undefined
    /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
    clientAttesterRootsOnly?: boolean | undefined
    /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
    tokenBatchNotificationEndpoint?: string | undefined
    /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
    tokenEndpoint?: string | undefined
    /** Whether the engine serves a token endpoint itself. */
    directTokenEndpointEnabled?: boolean | undefined
    /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
    revocationEndpoint?: string | undefined
    /** Whether the engine serves a revocation endpoint itself. */
    directRevocationEndpointEnabled?: boolean | undefined
    /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
    introspectionEndpoint?: string | undefined
    /** Whether the engine serves an introspection endpoint itself. */
    directIntrospectionEndpointEnabled?: boolean | undefined
    /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
    accessTokenType?: string | undefined
    /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
    accessTokenDuration?: number | undefined
    /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
    accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
    refreshTokenDuration?: number | undefined
    /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
    refreshTokenDurationKept?: boolean | undefined
    /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
    refreshTokenDurationReset?: boolean | undefined
    /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
    refreshTokenKept?: boolean | undefined
    /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
    idTokenDuration?: number | undefined
    /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
    allowableClockSkew?: number | undefined
    /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
    userInfoEndpoint?: string | undefined
    /** Whether the engine serves a UserInfo endpoint itself. */
    directUserInfoEndpointEnabled?: boolean | undefined
    /** Whether an access token expires no later than the refresh token that is issued with it. */
    tokenExpirationLinked?: boolean | undefined
    /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
    grantManagementEndpoint?: string | undefined
    /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
    grantManagementActionRequired?: boolean | undefined
    /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
    accessTokenForExternalAttachmentEmbedded?: boolean | undefined
    /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
    refreshTokenIdempotent?: boolean | undefined
    /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
    tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
    /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
    tokenExchangeByConfidentialClientsOnly?: boolean | undefined
    /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
    tokenExchangeByPermittedClientsOnly?: boolean | undefined
    /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
    tokenExchangeEncryptedJwtRejected?: boolean | undefined
    /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
    tokenExchangeUnsignedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
    jwtGrantByIdentifiableClientsOnly?: boolean | undefined
    /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
    jwtGrantEncryptedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
    jwtGrantUnsignedJwtRejected?: boolean | undefined
    /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
    openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
    /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
    rsResponseSigned?: boolean | undefined
    /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
    dpopNonceRequired?: boolean | undefined
    /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
    dpopNonceDuration?: number | undefined
    /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
    idTokenReissuable?: boolean | undefined
    /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
    idTokenAudType?: string | undefined
    /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
    nativeSsoSupported?: boolean | undefined
    /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
    pairwiseSubjectSalt?: string | undefined
    /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    accessTokenSignatureKeyId?: string | undefined
    /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
    jwksUri?: string | undefined
    /** Whether the engine serves the key set itself. */
    directJwksEndpointEnabled?: boolean | undefined
    /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
    jwks?: string | undefined
    /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    idTokenSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    userInfoSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    authorizationSignatureKeyId?: string | undefined
    /** Whether the service uses keys of hardware security modules. */
    hsmEnabled?: boolean | undefined
    /** The keys of the service in hardware security modules. */
    hsks?: Array<Hsk> | undefined
    /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
    introspectionSignatureKeyId?: string | undefined
    /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
    resourceSignatureKeyId?: string | undefined
    /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
    supportedClaimTypes?: Array<ClaimType> | undefined
    /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
    supportedClaimLocales?: Array<string> | undefined
    /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
    supportedClaims?: Array<string> | undefined
    /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
    claimShortcutRestrictive?: boolean | undefined
    /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedTrustFrameworks?: Array<string> | undefined
    /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedEvidence?: Array<string> | undefined
    /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedIdentityDocuments?: Array<string> | undefined
    /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedVerificationMethods?: Array<string> | undefined
    /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedVerifiedClaims?: Array<string> | undefined
    /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
    verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
    /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
    predefinedTransformedClaims?: string | undefined
    /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedAttachments?: Array<AttachmentType> | undefined
    /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDigestAlgorithms?: Array<string> | undefined
    /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocuments?: Array<string> | undefined
    /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsMethods?: Array<string> | undefined
    /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsValidationMethods?: Array<string> | undefined
    /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsVerificationMethods?: Array<string> | undefined
    /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedElectronicRecords?: Array<string> | undefined
    /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsCheckMethods?: Array<string> | undefined
    /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
    backchannelAuthenticationEndpoint?: string | undefined
    /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
    supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
    /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
    backchannelAuthReqIdDuration?: number | undefined
    /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
    backchannelPollingInterval?: number | undefined
    /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
    backchannelUserCodeParameterSupported?: boolean | undefined
    /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
    backchannelBindingMessageRequiredInFapi?: boolean | undefined
    /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
    deviceAuthorizationEndpoint?: string | undefined
    /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
    deviceVerificationUri?: string | undefined
    /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
    deviceVerificationUriComplete?: string | undefined
    /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
    deviceFlowCodeDuration?: number | undefined
    /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
    deviceFlowPollingInterval?: number | undefined
    /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
    userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
    /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
    userCodeLength?: number | undefined
    /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
    endSessionEndpoint?: string | undefined
    /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
    checkSessionIframe?: string | undefined
    /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSupported?: boolean | undefined
    /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSessionSupported?: boolean | undefined
    /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSupported?: boolean | undefined
    /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSessionSupported?: boolean | undefined
    /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
    dynamicRegistrationSupported?: boolean | undefined
    /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
    registrationEndpoint?: string | undefined
    /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
    registrationManagementEndpoint?: string | undefined
    /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
    supportedCustomClientMetadata?: Array<string> | undefined
    /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
    unauthorizedOnClientConfigSupported?: boolean | undefined
    /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
    dcrScopeUsedAsRequestable?: boolean | undefined
    /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
    dcrDuplicateSoftwareIdBlocked?: boolean | undefined
    /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
    cimdMetadataPolicyEnabled?: boolean | undefined
    /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
    clientIdMetadataDocumentSupported?: boolean | undefined
    /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
    cimdAllowlistEnabled?: boolean | undefined
    /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
    cimdAllowlist?: Array<string> | undefined
    /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
    cimdAlwaysRetrieved?: boolean | undefined
    /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
    cimdHttpPermitted?: boolean | undefined
    /** Whether the URL of a metadata document may have a query (CIMD §3). */
    cimdQueryPermitted?: boolean | undefined
    /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
    cimdMetadataPolicy?: string | undefined
    /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
    authorityHints?: Array<string> | undefined
    /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
    federationEnabled?: boolean | undefined
    /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    federationJwks?: string | undefined
    /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
    federationSignatureKeyId?: string | undefined
    /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
    federationConfigurationDuration?: number | undefined
    /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
    federationRegistrationEndpoint?: string | undefined
    /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
    organizationName?: string | undefined
    /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
    supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
    trustAnchors?: Array<TrustAnchor> | undefined
    /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
    cnonceDuration?: number | undefined
    /** Whether the service issues verifiable credentials. */
    verifiableCredentialsEnabled?: boolean | undefined
    /** The URL of the key set for credentials. */
    credentialJwksUri?: string | undefined
    /** The lifetime of a credential offer in seconds; 0 means 86400. */
    credentialOfferDuration?: number | undefined
    /** Whether a pre-authorized code can be redeemed without a `client_id`. */
    preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
    /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
    credentialTransactionDuration?: number | undefined
    /** The length of the transaction code of a credential offer in characters. */
    userPinLength?: number | undefined
    /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    credentialJwks?: string | undefined
    /** The lifetime of a credential in seconds; 0 means unlimited. */
    credentialDuration?: number | undefined
    /** The metadata of the credential issuer. */
    credentialIssuerMetadata?: {
      /** Issuers of the authorization servers. */
      authorizationServers?: Array<string> | undefined
      /** Identifier of the credential issuer. */
      credentialIssuer?: string | undefined
      /** URL of the credential endpoint. */
      credentialEndpoint?: string | undefined
      /** URL of the batch credential endpoint. */
      batchCredentialEndpoint?: string | undefined
      /** URL of the deferred credential endpoint. */
      deferredCredentialEndpoint?: string | undefined
      /** Credentials that can be issued, as JSON text. */
      credentialsSupported?: string | undefined
      /** Algorithms that encrypt the key of credential responses. */
      credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
      /** Algorithms that encrypt the content of credential responses. */
      credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential responses. */
      credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential responses are always encrypted. */
      requireCredentialResponseEncryption?: boolean | undefined
      /** URL of the nonce endpoint. */
      nonceEndpoint?: string | undefined
      /** URL of the notification endpoint. */
      notificationEndpoint?: string | undefined
      /** Maximum number of credentials in one request. */
      batchSize?: number | undefined
      /** How to display the credential issuer. */
      display?: string | undefined
      /** Key set for encrypted credential requests, as JSON text. */
      credentialRequestEncryptionJwks?: string | undefined
      /** Algorithms that encrypt the content of credential requests. */
      credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential requests. */
      credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential requests must be encrypted. */
      requireCredentialRequestEncryption?: boolean | undefined
    } | undefined
    /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
    oid4vciVersion?: string | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** The root certificates of key attesters, each in PEM. */
    keyAttesterRoots?: Array<string> | undefined
    /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
    keyAttesterRootsEnabled?: boolean | undefined
    /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
    keyAttesterRootsOnly?: boolean | undefined
  } | undefined
}

export interface OrganizationServiceDeleteRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
}

export interface ServiceKeysGenerateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** What happened. */
  action: 'CREATED' | 'CALLER_ERROR' | 'SERVER_ERROR'
  /** The keys, without private members. */
  keys?: Array<ServiceKey> | undefined
  /** The schedules of the service by which keys are rotated. */
  schedules?: Array<ServiceKeySchedule> | undefined
}

export interface ServiceKey {
  /** The key ID (RFC 7517 §4.5). */
  kid?: string | undefined
  /** The key set that the key belongs to. */
  set: 'protocol' | 'federation' | 'credential'
  /** The use: `sig` or `enc` (RFC 7517 §4.2). */
  use?: string | undefined
  /** The algorithm (RFC 7517 §4.4). */
  alg?: string | undefined
  /** The key type (RFC 7517 §4.1). */
  kty?: string | undefined
  /** The curve (RFC 7518 §6.2.1.1). */
  crv?: string | undefined
  /** The state of the key at the time. */
  state: 'NEXT' | 'CURRENT' | 'PREVIOUS' | 'RETIRED' | 'REVOKED'
  /** Whether Postern governs the state. A key that was only written is in use. */
  managed: boolean
  /** When the key was made, or its management began, in milliseconds since 1970. */
  createdAt?: number | undefined
  /** When it signs, or did, for the first time, in milliseconds since 1970. */
  activeFrom?: number | undefined
  /** When it stops verifying, in milliseconds since 1970. */
  retireAt?: number | undefined
  /** When it ended, in milliseconds since 1970. */
  retiredAt?: number | undefined
  /** Why it ended, or was activated early. */
  reason?: 'unspecified' | 'compromised' | 'superseded' | undefined
  /** The hardware security module that has the private key. */
  hsmName?: string | undefined
  /** The handle of the key in the module. */
  handle?: string | undefined
  /** The thumbprint of the key (RFC 7638). */
  thumbprint?: string | undefined
  /** The certificate of the key. */
  certificate?: {
    /** The subject of the first certificate. */
    subject: string
    /** The end of its validity, in milliseconds since 1970. */
    notAfter: number
    /** The number of certificates in `x5c`. */
    chainLength: number
  } | undefined
  /** Properties of the service that name the key by its `kid`. */
  pinnedBy: Array<string>
}

export interface ServiceKeySchedule {
  set: 'protocol' | 'federation' | 'credential'
  alg: string
  periodDays: number
  propagationSeconds?: number | undefined
  overlapSeconds?: number | undefined
  hsmName?: string | undefined
  /** When the next rotation begins, in milliseconds since 1970. */
  nextAt: number
}

export interface ServiceKeysGenerateRequest {
  /** The key set that the key belongs to. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** The algorithm of the key, such as `ES256` (RFC 7518 §3.1). */
  alg: string
  /** The use; it follows from the algorithm. */
  use?: string | undefined
  /** The key ID; without it, the thumbprint (RFC 7638). */
  kid?: string | undefined
  /** For RSA: 2048, 3072 (the default) or 4096. */
  modulusBits?: number | undefined
  /** The curve of a key for ECDH-ES. */
  crv?: string | undefined
  /** The hardware security module that makes the key and keeps its private half. */
  hsmName?: string | undefined
  /** Whether the key signs at once (`current`), or after it was published for some time (`next`). Default: `current` for the first key of its use and algorithm, and for `enc`. */
  activate?: 'next' | 'current' | undefined
  /** Whether the call only checks. */
  dryRun?: boolean | undefined
}

export interface ServiceKeysRotateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** What happened. */
  action: 'OK' | 'CALLER_ERROR' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The keys, without private members. */
  keys?: Array<ServiceKey> | undefined
  /** The schedules of the service by which keys are rotated. */
  schedules?: Array<ServiceKeySchedule> | undefined
}

export interface ServiceKeysRotateRequest {
  /** The key set. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** The algorithm of the key, such as `ES256` (RFC 7518 §3.1). */
  alg: string
  /** `begin` makes a NEXT key like the current one; `activate` makes the NEXT key current; `cancel` removes it; `rollback` makes the PREVIOUS key current again; `retire` ends a PREVIOUS key; `revoke` ends any key at once. */
  operation: 'begin' | 'activate' | 'cancel' | 'rollback' | 'retire' | 'revoke'
  /** The key; required if several keys are in the state. */
  kid?: string | undefined
  /** Whether a key signs before clients can know it; requires a `reason`. */
  immediately?: boolean | undefined
  /** Why; recorded with the key and in the audit log. */
  reason?: 'unspecified' | 'compromised' | 'superseded' | undefined
  /** Whether the call only checks. */
  dryRun?: boolean | undefined
}

export interface ServiceKeysImportResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** What happened. */
  action: 'CREATED' | 'CONFLICT' | 'CALLER_ERROR'
  /** The keys, without private members. */
  keys?: Array<ServiceKey> | undefined
  /** The schedules of the service by which keys are rotated. */
  schedules?: Array<ServiceKeySchedule> | undefined
}

export interface ServiceKeysImportRequest {
  /** Keys and certificates in PEM, in any order (RFC 7468): PKCS #8, also encrypted, PKCS #1, SEC 1, public keys, certificates; at most 64 KB and 10 keys. */
  pem?: string | undefined
  /** A PKCS #12 file in base64 (RFC 7292), with AES and SHA-2; at most 64 KB. */
  pkcs12?: string | undefined
  /** The passphrase of `pkcs12`, or of encrypted keys in `pem`. */
  passphrase?: string | undefined
  /** A JWK Set as JSON text (RFC 7517 §5); at most 64 KB and 10 keys. */
  jwks?: string | undefined
  /** Certificates for the present key `kid`, each as the base64 of its DER (RFC 7517 §4.7). */
  x5c?: Array<string> | undefined
  /** The key set that the keys belong to. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** The use: `sig` or `enc`. Default: what a JWK names, else what the key is for. */
  use?: string | undefined
  /** The algorithm. Default: what a JWK names, else the usual one of the key. */
  alg?: string | undefined
  /** The key ID of one key. Default: what a JWK names, else the thumbprint (RFC 7638). */
  kid?: string | undefined
  /** Whether the keys sign at once (`current`), after they were published for some time (`next`), or never (`previous`): such keys verify what was signed elsewhere, and may be public. Default: `current` for the first key of its use and algorithm, and for `enc`. */
  activate?: 'next' | 'current' | 'previous' | undefined
}

export interface ServiceKeysScheduleResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** What happened. */
  action: 'OK' | 'CALLER_ERROR' | 'SERVER_ERROR'
  /** The keys, without private members. */
  keys?: Array<ServiceKey> | undefined
  /** The schedules of the service by which keys are rotated. */
  schedules?: Array<ServiceKeySchedule> | undefined
}

export interface ServiceKeysScheduleRequest {
  /** The key set. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** The algorithm of the key, such as `ES256` (RFC 7518 §3.1). */
  alg: string
  /** After how many days a new key is made; 0 removes the schedule. */
  periodDays: number
  /** In place of `ext.keys.propagation`. */
  propagationSeconds?: number | undefined
  /** In place of `ext.keys.overlap`. */
  overlapSeconds?: number | undefined
  /** The hardware security module that makes the keys. Default: as the current key. */
  hsmName?: string | undefined
}

export interface ServiceKeysClientsResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The clients that depend on it, in the order in which they were created. */
  clients: Array<{
    /** The ID of the client. */
    clientId: number
    /** The name of the client. */
    clientName?: string | undefined
    /** The properties that name the algorithm. */
    settings: Array<string>
  }>
  /** How many clients this call looked at. */
  checked: number
  /** Number of clients. */
  totalCount: number
  /** The `start` of the next call; absent after the last. */
  next?: number | undefined
}

export interface ServiceKeysClientsRequest {
  /** The algorithm of the key, such as `ES256` (RFC 7518 §3.1). */
  alg: string
  /** Where to begin in the list of all clients. */
  start?: number | undefined
  /** How many clients to look at. */
  limit?: number | undefined
}

export interface ServiceKeysListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** What happened. */
  action: 'OK'
  /** The keys, without private members. */
  keys?: Array<ServiceKey> | undefined
  /** The schedules of the service by which keys are rotated. */
  schedules?: Array<ServiceKeySchedule> | undefined
}

export interface ServiceKeysListRequest {
  /** Only keys of this set. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** Only keys in one of these states. */
  states?: Array<'NEXT' | 'CURRENT' | 'PREVIOUS' | 'RETIRED' | 'REVOKED'> | undefined
  /** The time whose states are shown, in milliseconds since 1970. Default: now. */
  at?: number | undefined
}

export interface HskCreateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SUCCESS' | 'INVALID_REQUEST' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The key. */
  hsk?: {
    /** The key type (RFC 7517 §4.1). */
    kty?: string | undefined
    /** The use of the key (RFC 7517 §4.2). */
    use?: string | undefined
    /** The key ID (RFC 7517 §4.5). */
    kid?: string | undefined
    /** The name of the hardware security module. */
    hsmName?: string | undefined
    /** The handle of the key in the module. */
    handle?: string | undefined
    /** The public key in PEM. */
    publicKey?: string | undefined
    /** The algorithm (RFC 7517 §4.4). */
    alg?: string | undefined
    /** The key set that the key belongs to. */
    set?: 'protocol' | 'federation' | 'credential' | undefined
    /** How the module finds the key; not secret. */
    reference?: string | undefined
    /** The certificates of the key (RFC 7517 §4.7). */
    x5c?: Array<string> | undefined
  } | undefined
}

export interface HskCreateRequest {
  /** The key type: `EC` or `RSA` (RFC 7517 §4.1). */
  kty?: string | undefined
  /** The use of the key: `sig` or `enc` (RFC 7517 §4.2). */
  use?: string | undefined
  /** The key ID; without it, the thumbprint of RFC 7638. */
  kid?: string | undefined
  /** The name of the hardware security module in the configuration of the server. */
  hsmName?: string | undefined
  /** The algorithm of the key, such as `ES256` (RFC 7518 §3.1). */
  alg?: string | undefined
  /** The key set that the key belongs to. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** Whether the key signs at once (`current`), or after it was published for some time (`next`). Default: `next` if the set has another key for the algorithm. */
  state?: 'next' | 'current' | undefined
}

export interface HskGetListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SUCCESS' | 'INVALID_REQUEST' | 'SERVER_ERROR'
  /** The keys, in the order in which they were created. */
  hsks?: Array<Hsk> | undefined
}

export interface HskGetResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SUCCESS' | 'INVALID_REQUEST' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The key. */
  hsk?: {
    /** The key type (RFC 7517 §4.1). */
    kty?: string | undefined
    /** The use of the key (RFC 7517 §4.2). */
    use?: string | undefined
    /** The key ID (RFC 7517 §4.5). */
    kid?: string | undefined
    /** The name of the hardware security module. */
    hsmName?: string | undefined
    /** The handle of the key in the module. */
    handle?: string | undefined
    /** The public key in PEM. */
    publicKey?: string | undefined
    /** The algorithm (RFC 7517 §4.4). */
    alg?: string | undefined
    /** The key set that the key belongs to. */
    set?: 'protocol' | 'federation' | 'credential' | undefined
    /** How the module finds the key; not secret. */
    reference?: string | undefined
    /** The certificates of the key (RFC 7517 §4.7). */
    x5c?: Array<string> | undefined
  } | undefined
}

export interface HskDeleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SUCCESS' | 'INVALID_REQUEST' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The key. */
  hsk?: {
    /** The key type (RFC 7517 §4.1). */
    kty?: string | undefined
    /** The use of the key (RFC 7517 §4.2). */
    use?: string | undefined
    /** The key ID (RFC 7517 §4.5). */
    kid?: string | undefined
    /** The name of the hardware security module. */
    hsmName?: string | undefined
    /** The handle of the key in the module. */
    handle?: string | undefined
    /** The public key in PEM. */
    publicKey?: string | undefined
    /** The algorithm (RFC 7517 §4.4). */
    alg?: string | undefined
    /** The key set that the key belongs to. */
    set?: 'protocol' | 'federation' | 'credential' | undefined
    /** How the module finds the key; not secret. */
    reference?: string | undefined
    /** The certificates of the key (RFC 7517 §4.7). */
    x5c?: Array<string> | undefined
  } | undefined
}

export interface HskDeleteByGetResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'SUCCESS' | 'INVALID_REQUEST' | 'NOT_FOUND' | 'SERVER_ERROR'
  /** The key. */
  hsk?: {
    /** The key type (RFC 7517 §4.1). */
    kty?: string | undefined
    /** The use of the key (RFC 7517 §4.2). */
    use?: string | undefined
    /** The key ID (RFC 7517 §4.5). */
    kid?: string | undefined
    /** The name of the hardware security module. */
    hsmName?: string | undefined
    /** The handle of the key in the module. */
    handle?: string | undefined
    /** The public key in PEM. */
    publicKey?: string | undefined
    /** The algorithm (RFC 7517 §4.4). */
    alg?: string | undefined
    /** The key set that the key belongs to. */
    set?: 'protocol' | 'federation' | 'credential' | undefined
    /** How the module finds the key; not secret. */
    reference?: string | undefined
    /** The certificates of the key (RFC 7517 §4.7). */
    x5c?: Array<string> | undefined
  } | undefined
}

export interface ServiceKeysCsrResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'CALLER_ERROR' | 'SERVER_ERROR'
  /** The request in PEM. */
  responseContent?: string | undefined
}

export interface ServiceKeysCsrRequest {
  /** The key ID of the signing key. */
  kid: string
  /** The key set that the key belongs to. */
  set?: 'protocol' | 'federation' | 'credential' | undefined
  /** The subject as text (RFC 4514), such as `CN=as.example.com, O=Example, C=DE`. */
  subject?: string | undefined
  /** Subject alternative names: host names, IP addresses, e-mail addresses and URIs; at most 20. */
  names?: Array<string> | undefined
}

export interface KeysConvertResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'CALLER_ERROR'
  /** The JWK Set (RFC 7517 §5), as JSON text: the value for `jwks` of a client. */
  responseContent?: string | undefined
}

export interface KeysConvertRequest {
  /** Public keys and certificates in PEM (RFC 7468), in any order, at most 64 KB. */
  pem?: string | undefined
  /** The certificates of one key, each as the base64 of its DER (RFC 7517 §4.7). */
  x5c?: Array<string> | undefined
}

export interface ServiceToken {
  /** The organization from the call. */
  organizationId?: number | undefined
  /** The API server from the call. */
  apiServerId?: number | undefined
  /** Identifier of the token. */
  tokenId?: string | undefined
  /** The value of the token; only in the response that creates it. */
  accessToken?: string | undefined
  /** What the token is for. */
  description: string
  /** Rights of the token. */
  rights: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'>
  /** Milliseconds since the epoch. */
  createdAt: number
  /** When the token expires, in milliseconds since the epoch; 0: never. */
  expiresAt: number
  /** When the token was last used, in milliseconds since the epoch, exact to an hour; absent: not yet. */
  lastUsedAt?: number | undefined
  /** API key of the service. */
  serviceId: number
}

export interface ServiceTokenCreateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
  /** What the token is for. */
  description?: string | undefined
  /** Rights of the token; default: `admin`. */
  rights?: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'> | undefined
  /** When the token expires, in milliseconds since the epoch; 0: never. Default: as the token of the caller. */
  expiresAt?: number | undefined
  /** Number of the only client that the token may be used for. */
  clientId?: number | undefined
}

export interface ServiceTokenAllRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
}

export interface ServiceTokenRotateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
  /** Identifier of the token. */
  tokenId: string
}

export interface ServiceTokenUpdateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
  /** Identifier of the token. */
  tokenId: string
  /** What the token is for. */
  description?: string | undefined
  /** The new rights of the token. */
  rights?: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'> | undefined
}

export interface ServiceTokenRevokeRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the API server; returned unchanged. */
  apiServerId?: number | null | undefined
  /** API key of the service. */
  serviceId: number
  /** Identifier of the token. */
  tokenId: string
}

export interface OrganizationToken {
  /** The organization from the call. */
  organizationId?: number | undefined
  /** Identifier of the token. */
  tokenId?: string | undefined
  /** The value of the token; only in the response that creates it. */
  accessToken?: string | undefined
  /** What the token is for. */
  description: string
  /** Rights of the token. */
  rights: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'>
  /** Milliseconds since the epoch. */
  createdAt: number
  /** When the token expires, in milliseconds since the epoch; 0: never. */
  expiresAt: number
  /** When the token was last used, in milliseconds since the epoch, exact to an hour; absent: not yet. */
  lastUsedAt?: number | undefined
}

export interface OrganizationTokenCreateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** What the token is for. */
  description?: string | undefined
  /** Rights of the token; default: `admin`. */
  rights?: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'> | undefined
  /** When the token expires, in milliseconds since the epoch; 0: never. Default: as the token of the caller. */
  expiresAt?: number | undefined
}

export interface OrganizationTokenAllRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
}

export interface OrganizationTokenRotateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the token. */
  tokenId: string
}

export interface OrganizationTokenUpdateRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the token. */
  tokenId: string
  /** What the token is for. */
  description?: string | undefined
  /** The new rights of the token. */
  rights?: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'> | undefined
}

export interface OrganizationTokenRevokeRequest {
  /** Identifier of the organization; returned unchanged. */
  organizationId?: number | null | undefined
  /** Identifier of the token. */
  tokenId: string
}

export interface SelfResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Identifier of the token; absent for one of an early version. */
  tokenId?: string | undefined
  /** What the token is for: the description that it was created with. */
  label: string
  /** What the token permits, included rights, too. */
  rights: Array<'view_client' | 'modify_client' | 'view_service' | 'use_introspection' | 'use_service' | 'create_client' | 'modify_service' | 'view_default_service' | 'create_service' | 'delete_service' | 'view_audit_log' | 'admin'>
  /** API key of the only service of the token; absent: all services. */
  serviceId?: number | undefined
  /** Number of the only client of the token; absent: all clients. */
  clientId?: number | undefined
  /** When the token expires, in milliseconds since the epoch; 0: never. */
  expiresAt: number
}

export interface EventEndpointCreateResponse {
  /** Identifier of the endpoint. */
  endpointId: number
  /** Where events are sent to. */
  url: string
  /** The types of events that are sent; absent: all, also those of later versions. */
  types?: Array<'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'> | undefined
  /** What the endpoint is for. */
  description: string
  /** Whether no events are sent: as set, or because the endpoint answered 410. */
  disabled: boolean
  /** When it was created, in milliseconds since the epoch. */
  createdAt: number
  /** When it was changed, in milliseconds since the epoch. */
  modifiedAt: number
  /** How many events were not kept for it since its settings were last saved, because as many as `ext.quota.waiting_events` allows were waiting. */
  dropped: number
  /** When the first of them was dropped, in milliseconds since the epoch. */
  droppedSince?: number | undefined
  /** The secret that signs (Standard Webhooks): `whsec_` and the base64 of its bytes. Only this response has it. */
  secret: string
}

export interface EventEndpointCreateRequest {
  /** Where events are sent to: an https URL, or an http URL of an allowed address. */
  url: string
  /** The types of events that are sent; absent: all, also those of later versions. */
  types?: Array<'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'> | undefined
  /** What the endpoint is for. */
  description?: string | undefined
  /** Whether no events are sent to the endpoint. Those that happen then are not kept. */
  disabled?: boolean | undefined
}

export interface EventEndpoint {
  /** Identifier of the endpoint. */
  endpointId: number
  /** Where events are sent to. */
  url: string
  /** The types of events that are sent; absent: all, also those of later versions. */
  types?: Array<'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'> | undefined
  /** What the endpoint is for. */
  description: string
  /** Whether no events are sent: as set, or because the endpoint answered 410. */
  disabled: boolean
  /** When it was created, in milliseconds since the epoch. */
  createdAt: number
  /** When it was changed, in milliseconds since the epoch. */
  modifiedAt: number
  /** How many events were not kept for it since its settings were last saved, because as many as `ext.quota.waiting_events` allows were waiting. */
  dropped: number
  /** When the first of them was dropped, in milliseconds since the epoch. */
  droppedSince?: number | undefined
}

export interface EventEndpointGetRequest {
  /** Identifier of the endpoint. */
  endpointId: number
}

export interface EventEndpointListResponse {
  /** The endpoints of the service. */
  endpoints: Array<EventEndpoint>
}

export type EventEndpointListRequest = Record<string, unknown>

export interface EventEndpointUpdateRequest {
  /** Identifier of the endpoint. */
  endpointId: number
  /** Where events are sent to: an https URL, or an http URL of an allowed address. */
  url: string
  /** The types of events that are sent; absent: all, also those of later versions. */
  types?: Array<'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'> | undefined
  /** What the endpoint is for. */
  description?: string | undefined
  /** Whether no events are sent to the endpoint. Those that happen then are not kept. */
  disabled?: boolean | undefined
}

export interface EventEndpointRotateResponse {
  /** Identifier of the endpoint. */
  endpointId: number
  /** Where events are sent to. */
  url: string
  /** The types of events that are sent; absent: all, also those of later versions. */
  types?: Array<'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'> | undefined
  /** What the endpoint is for. */
  description: string
  /** Whether no events are sent: as set, or because the endpoint answered 410. */
  disabled: boolean
  /** When it was created, in milliseconds since the epoch. */
  createdAt: number
  /** When it was changed, in milliseconds since the epoch. */
  modifiedAt: number
  /** How many events were not kept for it since its settings were last saved, because as many as `ext.quota.waiting_events` allows were waiting. */
  dropped: number
  /** When the first of them was dropped, in milliseconds since the epoch. */
  droppedSince?: number | undefined
  /** The secret that signs (Standard Webhooks): `whsec_` and the base64 of its bytes. Only this response has it. */
  secret: string
  /** Until when the former secret signs, in milliseconds since the epoch. */
  formerSecretUntil?: number | undefined
}

export interface EventEndpointRotateRequest {
  /** Identifier of the endpoint. */
  endpointId: number
  /** How long the former secret signs, too, in seconds: at most 30 days. 0: no longer. Default: a day. */
  graceSeconds?: number | undefined
}

export interface EventEndpointDeleteRequest {
  /** Identifier of the endpoint. */
  endpointId: number
}

export interface EventDeliveryListResponse {
  /** Index of the first item. */
  start: number
  /** Index after the last requested item. */
  end: number
  /** The deliveries; the newest come first. */
  deliveries: Array<EventDelivery>
  /** Number of deliveries that wait, of those that the call selects by the rest. */
  pendingCount: number
  /** Number of deliveries that were given up, of the same ones. */
  parkedCount: number
}

export interface EventDelivery {
  /** Identifier of the event: the header field `webhook-id`. */
  eventId: string
  /** Identifier of the endpoint. */
  endpointId: number
  /** Type of the event. */
  type: 'service.updated' | 'configuration.applied' | 'client.created' | 'client.registered' | 'client.updated' | 'client.locked' | 'client.unlocked' | 'client.secret_rotated' | 'client.deleted' | 'authorization.deleted' | 'grant.revoked' | 'token.revoked' | 'session.ended' | 'code.replayed' | 'refresh.replayed' | 'key.created' | 'key.certified' | 'key.rotated' | 'key.schedule_changed' | 'key.deleted' | 'key.restored' | 'key.erased'
  /** `PENDING`: it is sent, or sent again. `DELIVERED`: the endpoint has it. `PARKED`: it was given up, and can be sent again. */
  status: 'PENDING' | 'DELIVERED' | 'PARKED'
  /** Number of attempts that were begun. */
  attempts: number
  /** When it was stored, in milliseconds since the epoch. */
  createdAt: number
  /** When it is sent next, in milliseconds since the epoch. */
  nextAttemptAt?: number | undefined
  /** When it was delivered or given up, in milliseconds since the epoch. */
  finishedAt?: number | undefined
  /** HTTP status of the last answer, if it was an error. */
  lastStatus?: number | undefined
  /** Why the last attempt failed: `status`, `timeout`, `network`, `redirect`, `invalid-url`, `forbidden-address`, `busy`, or `disabled`. */
  lastError?: string | undefined
}

export interface EventDeliveryListRequest {
  /** Only those to an endpoint. */
  endpointId?: number | undefined
  /** Only those of an event. */
  eventId?: string | undefined
  /** Only those with the status. */
  status?: 'PENDING' | 'DELIVERED' | 'PARKED' | undefined
  /** Index of the first item, from 0. */
  start?: number | null | undefined
  /** Index after the last item; a page has at most 1,000 items. */
  end?: number | null | undefined
}

export interface EventDeliveryRetryResponse {
  /** Number of deliveries that are sent again. */
  count: number
}

export interface EventDeliveryRetryRequest {
  /** Identifiers of events. Those that wait to be sent stay as they are. */
  eventIds?: Array<string> | undefined
  /** Only deliveries to this endpoint; required with `status`. */
  endpointId?: number | undefined
  /** Instead of `eventIds`: up to 1,000 parked deliveries of the endpoint. */
  status?: 'PARKED' | undefined
}

export interface RefusalsResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The refused calls, in the order of `seq`. */
  refusals: Array<RefusedCall>
  /** The `after` of the next call. */
  next: number
  /** Whether the next call has some now. */
  hasMore: boolean
}

export interface RefusedCall {
  /** The place in the order of all refusals; it grows with time. */
  seq: number
  /** When the call was refused, in milliseconds since the epoch. */
  at: number
  /** The `X-Request-Id` of the call. */
  requestId: string
  /** The operation. */
  operationId: string
  /** The path of the operation after that of the service. */
  operation: string
  /** The result code: the code of the rule. */
  code: string
  /** The area and the name of the rule. */
  rule: string
  /** The OAuth error. */
  error?: string | undefined
  /** The section of the specification. */
  spec?: string | undefined
  /** The message of the rule. */
  says: string
  /** Number of the client, if it was found. */
  clientId?: number | undefined
  /** Name of the client. */
  clientName?: string | undefined
  evidence?: Evidence | undefined
  /** The parameters of the request; of those that may be secret, whether they are present, and their length. */
  parameters?: Record<string, unknown> | undefined
}

export interface ConfigurationPlan {
  /** The properties that change. */
  changes: Array<ConfigurationChange>
  /** What happens to clients. */
  clients: {
    /** The keys of new clients. */
    created: Array<string>
    /** The keys of clients that change. */
    updated: Array<string>
    /** The clients that are deleted. */
    deleted: Array<{
      /** The key of the client, if it has one. */
      key?: string | undefined
      /** The ID of the client. */
      clientId: number
    }>
    /** How many clients of the configuration stay as they are. */
    unchanged: number
  }
  /** What lints find in the service and in the clients of the configuration. */
  lint: {
    /** Findings that are new. */
    appears: Array<ConfigurationFinding>
    /** Findings that are mended. */
    vanishes: Array<ConfigurationFinding>
    /** Required profiles that the result breaks. */
    broken: Array<'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'>
  }
  /** What it means for clients and tokens that there are. */
  effects: Array<{
    /** What is lost. */
    kind: 'scope-removed' | 'grant-type-removed' | 'response-type-removed' | 'key-removed' | 'client-deleted'
    /** The scope, grant type, response type, key or client. */
    name: string
    /** How many clients of the service use it. */
    clients?: number | undefined
    /** Whether more clients were there than were looked at. */
    atLeast?: boolean | undefined
    /** What it means, as a sentence. */
    says: string
  }>
  /** Settings of the service that cannot work. */
  warnings?: Array<Warning> | undefined
  /** What the plan was made from, for applying it. */
  etags: {
    /** The `ETag` of the service. */
    service: string
    /** Those of the clients that the configuration names or deletes. */
    clients: Array<{
      /** The ID of the client. */
      clientId: number
      /** Its `ETag`. */
      etag: string
    }>
  }
}

export interface ConfigurationChange {
  /** `service` or `clients.` with a key, and the name of the property. */
  path: string
  /** The present value; a secret is `(secret)`. */
  before?: unknown | undefined
  /** The value after; a secret is `(secret, changed)`. */
  after?: unknown | undefined
  /** Whether a value is longer than what is shown. */
  cut?: boolean | undefined
}

export interface ConfigurationFinding {
  /** `service`, or `clients.` with a key. */
  document: string
  /** The code of the lint. */
  code: string
  /** The profiles that it belongs to. */
  profiles: Array<'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'>
  /** An `error` breaks the profile. */
  level: 'error' | 'warning' | 'hint'
  /** The property that it is about. */
  path: string
  /** What demands or recommends it. */
  spec?: string | undefined
  /** What is wrong, as a sentence. */
  says: string
}

export interface ConfigurationRequest {
  /** The key that the service has, or gets. */
  key?: string | undefined
  /** The settings of the service; without, they stay. Secrets that are omitted stay, too. */
  service?: {
    /** The display name of the service, for people. */
    serviceName?: string | undefined
    /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
    issuer?: string | undefined
    /** A description of the service, for people. */
    description?: string | undefined
    /** The number of clients that one developer may have; 0 means unlimited. */
    clientsPerDeveloper?: number | undefined
    /** The URL that authenticates developers. */
    developerAuthenticationCallbackEndpoint?: string | undefined
    /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiKey?: string | undefined
    /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiSecret?: string | undefined
    /** The social networks with which users may log in. */
    supportedSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
    snsCredentials?: Array<SnsCredentials> | undefined
    /** The social networks with which developers may log in. */
    supportedDeveloperSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
    developerSnsCredentials?: Array<SnsCredentials> | undefined
    /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
    metadata?: Array<Pair> | undefined
    /** The URL that authenticates users. */
    authenticationCallbackEndpoint?: string | undefined
    /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiKey?: string | undefined
    /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiSecret?: string | undefined
    /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
    supportedAcrs?: Array<string> | undefined
    /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
    supportedServiceProfiles?: Array<ServiceProfile> | undefined
    /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
    errorDescriptionOmitted?: boolean | undefined
    /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
    errorUriOmitted?: boolean | undefined
    /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
    supportedUiLocales?: Array<string> | undefined
    /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
    supportedDisplays?: Array<Display> | undefined
    /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
    policyUri?: string | undefined
    /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
    tosUri?: string | undefined
    /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
    serviceDocumentation?: string | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
    httpAliasProhibited?: boolean | undefined
    /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
    supportedGrantTypes?: Array<GrantType> | undefined
    /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
    supportedResponseTypes?: Array<ResponseType> | undefined
    /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
    supportedAuthorizationDetailsTypes?: Array<string> | undefined
    /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
    authorizationEndpoint?: string | undefined
    /** Whether the engine serves an authorization endpoint itself. */
    directAuthorizationEndpointEnabled?: boolean | undefined
    /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
    authorizationResponseDuration?: number | undefined
    /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
    pushedAuthReqEndpoint?: string | undefined
    /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
    pushedAuthReqDuration?: number | undefined
    /** Whether every authorization request must be pushed first (RFC 9126 §5). */
    parRequired?: boolean | undefined
    /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
    traditionalRequestObjectProcessingApplied?: boolean | undefined
    /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
    supportedScopes?: Array<Scope> | undefined
    /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
    scopeRequired?: boolean | undefined
    /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
    nbfOptional?: boolean | undefined
    /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
    issSuppressed?: boolean | undefined
    /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
    loopbackRedirectionUriVariable?: boolean | undefined
    /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
    requestObjectAudienceChecked?: boolean | undefined
    /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
    supportedPromptValues?: Array<Prompt> | undefined
    /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
    authorizationCodeDuration?: number | undefined
    /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
    clientAssertionAudRestrictedToIssuer?: boolean | undefined
    /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
    missingClientIdAllowed?: boolean | undefined
    /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
    /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
    supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
    mutualTlsValidatePkiCertChain?: boolean | undefined
    /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
    trustedRootCertificates?: Array<string> | undefined
    /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
    mtlsEndpointAliases?: Array<NamedUri> | undefined
    /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
    challengeEndpoint?: string | undefined
    /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
    attestationChallengeTimeWindow?: number | undefined
    /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
    clientAttesterRoots?: Array<string> | undefined
    /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
    clientAttesterRootsEnabled?: boolean | undefined
    /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
    clientAttesterRootsOnly?: boolean | undefined
    /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
    tokenBatchNotificationEndpoint?: string | undefined
    /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
    tokenEndpoint?: string | undefined
    /** Whether the engine serves a token endpoint itself. */
    directTokenEndpointEnabled?: boolean | undefined
    /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
    revocationEndpoint?: string | undefined
    /** Whether the engine serves a revocation endpoint itself. */
    directRevocationEndpointEnabled?: boolean | undefined
    /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
    introspectionEndpoint?: string | undefined
    /** Whether the engine serves an introspection endpoint itself. */
    directIntrospectionEndpointEnabled?: boolean | undefined
    /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
    accessTokenType?: string | undefined
    /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
    accessTokenDuration?: number | undefined
    /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
    accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
    refreshTokenDuration?: number | undefined
    /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
    refreshTokenDurationKept?: boolean | undefined
    /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
    refreshTokenDurationReset?: boolean | undefined
    /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
    refreshTokenKept?: boolean | undefined
    /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
    idTokenDuration?: number | undefined
    /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
    allowableClockSkew?: number | undefined
    /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
    userInfoEndpoint?: string | undefined
    /** Whether the engine serves a UserInfo endpoint itself. */
    directUserInfoEndpointEnabled?: boolean | undefined
    /** Whether an access token expires no later than the refresh token that is issued with it. */
    tokenExpirationLinked?: boolean | undefined
    /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
    grantManagementEndpoint?: string | undefined
    /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
    grantManagementActionRequired?: boolean | undefined
    /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
    accessTokenForExternalAttachmentEmbedded?: boolean | undefined
    /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
    refreshTokenIdempotent?: boolean | undefined
    /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
    tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
    /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
    tokenExchangeByConfidentialClientsOnly?: boolean | undefined
    /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
    tokenExchangeByPermittedClientsOnly?: boolean | undefined
    /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
    tokenExchangeEncryptedJwtRejected?: boolean | undefined
    /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
    tokenExchangeUnsignedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
    jwtGrantByIdentifiableClientsOnly?: boolean | undefined
    /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
    jwtGrantEncryptedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
    jwtGrantUnsignedJwtRejected?: boolean | undefined
    /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
    openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
    /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
    rsResponseSigned?: boolean | undefined
    /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
    dpopNonceRequired?: boolean | undefined
    /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
    dpopNonceDuration?: number | undefined
    /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
    idTokenReissuable?: boolean | undefined
    /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
    idTokenAudType?: string | undefined
    /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
    nativeSsoSupported?: boolean | undefined
    /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
    pairwiseSubjectSalt?: string | undefined
    /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    accessTokenSignatureKeyId?: string | undefined
    /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
    jwksUri?: string | undefined
    /** Whether the engine serves the key set itself. */
    directJwksEndpointEnabled?: boolean | undefined
    /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
    jwks?: string | undefined
    /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    idTokenSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    userInfoSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    authorizationSignatureKeyId?: string | undefined
    /** Whether the service uses keys of hardware security modules. */
    hsmEnabled?: boolean | undefined
    /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
    introspectionSignatureKeyId?: string | undefined
    /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
    resourceSignatureKeyId?: string | undefined
    /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
    supportedClaimTypes?: Array<ClaimType> | undefined
    /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
    supportedClaimLocales?: Array<string> | undefined
    /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
    supportedClaims?: Array<string> | undefined
    /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
    claimShortcutRestrictive?: boolean | undefined
    /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedTrustFrameworks?: Array<string> | undefined
    /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedEvidence?: Array<string> | undefined
    /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedIdentityDocuments?: Array<string> | undefined
    /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedVerificationMethods?: Array<string> | undefined
    /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedVerifiedClaims?: Array<string> | undefined
    /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
    verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
    /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
    predefinedTransformedClaims?: string | undefined
    /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedAttachments?: Array<AttachmentType> | undefined
    /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDigestAlgorithms?: Array<string> | undefined
    /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocuments?: Array<string> | undefined
    /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsMethods?: Array<string> | undefined
    /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsValidationMethods?: Array<string> | undefined
    /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsVerificationMethods?: Array<string> | undefined
    /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedElectronicRecords?: Array<string> | undefined
    /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsCheckMethods?: Array<string> | undefined
    /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
    backchannelAuthenticationEndpoint?: string | undefined
    /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
    supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
    /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
    backchannelAuthReqIdDuration?: number | undefined
    /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
    backchannelPollingInterval?: number | undefined
    /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
    backchannelUserCodeParameterSupported?: boolean | undefined
    /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
    backchannelBindingMessageRequiredInFapi?: boolean | undefined
    /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
    deviceAuthorizationEndpoint?: string | undefined
    /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
    deviceVerificationUri?: string | undefined
    /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
    deviceVerificationUriComplete?: string | undefined
    /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
    deviceFlowCodeDuration?: number | undefined
    /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
    deviceFlowPollingInterval?: number | undefined
    /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
    userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
    /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
    userCodeLength?: number | undefined
    /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
    endSessionEndpoint?: string | undefined
    /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
    checkSessionIframe?: string | undefined
    /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSupported?: boolean | undefined
    /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSessionSupported?: boolean | undefined
    /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSupported?: boolean | undefined
    /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSessionSupported?: boolean | undefined
    /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
    dynamicRegistrationSupported?: boolean | undefined
    /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
    registrationEndpoint?: string | undefined
    /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
    registrationManagementEndpoint?: string | undefined
    /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
    supportedCustomClientMetadata?: Array<string> | undefined
    /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
    unauthorizedOnClientConfigSupported?: boolean | undefined
    /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
    dcrScopeUsedAsRequestable?: boolean | undefined
    /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
    dcrDuplicateSoftwareIdBlocked?: boolean | undefined
    /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
    cimdMetadataPolicyEnabled?: boolean | undefined
    /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
    clientIdMetadataDocumentSupported?: boolean | undefined
    /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
    cimdAllowlistEnabled?: boolean | undefined
    /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
    cimdAllowlist?: Array<string> | undefined
    /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
    cimdAlwaysRetrieved?: boolean | undefined
    /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
    cimdHttpPermitted?: boolean | undefined
    /** Whether the URL of a metadata document may have a query (CIMD §3). */
    cimdQueryPermitted?: boolean | undefined
    /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
    cimdMetadataPolicy?: string | undefined
    /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
    authorityHints?: Array<string> | undefined
    /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
    federationEnabled?: boolean | undefined
    /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    federationJwks?: string | undefined
    /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
    federationSignatureKeyId?: string | undefined
    /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
    federationConfigurationDuration?: number | undefined
    /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
    federationRegistrationEndpoint?: string | undefined
    /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
    organizationName?: string | undefined
    /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
    supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
    trustAnchors?: Array<TrustAnchor> | undefined
    /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
    cnonceDuration?: number | undefined
    /** Whether the service issues verifiable credentials. */
    verifiableCredentialsEnabled?: boolean | undefined
    /** The URL of the key set for credentials. */
    credentialJwksUri?: string | undefined
    /** The lifetime of a credential offer in seconds; 0 means 86400. */
    credentialOfferDuration?: number | undefined
    /** Whether a pre-authorized code can be redeemed without a `client_id`. */
    preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
    /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
    credentialTransactionDuration?: number | undefined
    /** The length of the transaction code of a credential offer in characters. */
    userPinLength?: number | undefined
    /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    credentialJwks?: string | undefined
    /** The lifetime of a credential in seconds; 0 means unlimited. */
    credentialDuration?: number | undefined
    /** The metadata of the credential issuer. */
    credentialIssuerMetadata?: {
      /** Issuers of the authorization servers. */
      authorizationServers?: Array<string> | undefined
      /** Identifier of the credential issuer. */
      credentialIssuer?: string | undefined
      /** URL of the credential endpoint. */
      credentialEndpoint?: string | undefined
      /** URL of the batch credential endpoint. */
      batchCredentialEndpoint?: string | undefined
      /** URL of the deferred credential endpoint. */
      deferredCredentialEndpoint?: string | undefined
      /** Credentials that can be issued, as JSON text. */
      credentialsSupported?: string | undefined
      /** Algorithms that encrypt the key of credential responses. */
      credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
      /** Algorithms that encrypt the content of credential responses. */
      credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential responses. */
      credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential responses are always encrypted. */
      requireCredentialResponseEncryption?: boolean | undefined
      /** URL of the nonce endpoint. */
      nonceEndpoint?: string | undefined
      /** URL of the notification endpoint. */
      notificationEndpoint?: string | undefined
      /** Maximum number of credentials in one request. */
      batchSize?: number | undefined
      /** How to display the credential issuer. */
      display?: string | undefined
      /** Key set for encrypted credential requests, as JSON text. */
      credentialRequestEncryptionJwks?: string | undefined
      /** Algorithms that encrypt the content of credential requests. */
      credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential requests. */
      credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential requests must be encrypted. */
      requireCredentialRequestEncryption?: boolean | undefined
    } | undefined
    /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
    oid4vciVersion?: string | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** The root certificates of key attesters, each in PEM. */
    keyAttesterRoots?: Array<string> | undefined
    /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
    keyAttesterRootsEnabled?: boolean | undefined
    /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
    keyAttesterRootsOnly?: boolean | undefined
  } | undefined
  /** Postern makes the signing keys of the service, and rotates them. */
  keys?: {
    managed: true
    /** The algorithms that the service has keys for; `[ES256]` if absent. */
    algorithms?: Array<string> | undefined
    /** After how many days a new key is made; 90 if absent. */
    rotateDays?: number | undefined
  } | undefined
  /** The clients. A client that is not named stays as it is. */
  clients?: {
    /** Which clients may be deleted: none (the default), those in `deleted`, or all that are not in the file. Clients that registered themselves are never deleted. */
    delete?: 'never' | 'listed-keys' | 'all-but-registered' | undefined
    /** The keys of clients to delete, with `listed-keys`. */
    deleted?: Array<string> | undefined
    /** The clients. */
    items?: Array<ConfigurationClient> | undefined
  } | undefined
  /** What must not be broken. */
  lint?: {
    /** Security profiles that the service and the clients of the file must satisfy. */
    require?: Array<'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'> | undefined
  } | undefined
}

export interface ConfigurationClient {
  /** The name of the client, shown to users (RFC 7591 §2). */
  clientName?: string | undefined
  /** The name of the client in several languages (RFC 7591 §2.2). */
  clientNames?: Array<TaggedValue> | undefined
  /** A description of the client, for people. */
  description?: string | undefined
  /** The description of the client in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** Whether the client may be identified by its alias. The service must enable aliases too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
  applicationType?: 'WEB' | 'NATIVE' | undefined
  /** The URL of the client's logo, shown to users (RFC 7591 §2). */
  logoUri?: string | undefined
  /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
  logoUris?: Array<TaggedValue> | undefined
  /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
  contacts?: Array<string> | undefined
  /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
  softwareId?: string | undefined
  /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
  developer?: string | undefined
  /** The version of the client's software (RFC 7591 §2). */
  softwareVersion?: string | undefined
  /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
  subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
  /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
  sectorIdentifierUri?: string | undefined
  /** The URL of the client's terms of service (RFC 7591 §2). */
  tosUri?: string | undefined
  /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
  tosUris?: Array<TaggedValue> | undefined
  /** The URL of the client's page about the use of data (RFC 7591 §2). */
  policyUri?: string | undefined
  /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
  policyUris?: Array<TaggedValue> | undefined
  /** The URL of the client's home page (RFC 7591 §2). */
  clientUri?: string | undefined
  /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
  clientUris?: Array<TaggedValue> | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
  extension?: {
    /** The names of the scopes that the client may request. */
    requestableScopes?: Array<string> | undefined
    /** Whether the client may request only the scopes in `requestableScopes`. */
    requestableScopesEnabled?: boolean | undefined
    /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
    accessTokenDuration?: number | undefined
    /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
    refreshTokenDuration?: number | undefined
    /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
    idTokenDuration?: number | undefined
    /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
    tokenExchangePermitted?: boolean | undefined
  } | undefined
  /** Additional client metadata, as JSON text (RFC 7591 §2). */
  customMetadata?: string | undefined
  /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
  digestAlgorithm?: string | undefined
  /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
  rsRequestSigned?: boolean | undefined
  /** Without, a client that is locked stays locked. */
  locked?: boolean | undefined
  /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
  responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
  /** Whether tokens of the client are to be migrated from another system. */
  inScopeForTokenMigration?: boolean | undefined
  /** The URL of the client's metadata document (CIMD §4). */
  metadataDocumentLocation?: string | undefined
  /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
  metadataDocumentExpiresAt?: number | undefined
  /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
  metadataDocumentUpdatedAt?: number | undefined
  /** Whether the client was created from its metadata document (CIMD §4). */
  discoveredByMetadataDocument?: boolean | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
  clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
  /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
  tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
  /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
  tlsClientAuthSubjectDn?: string | undefined
  /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanDns?: string | undefined
  /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanUri?: string | undefined
  /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanIp?: string | undefined
  /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanEmail?: string | undefined
  /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
  mtlsEndpointAliasesUsed?: boolean | undefined
  /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
  spiffeId?: string | undefined
  /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
  spiffeBundleEndpoint?: string | undefined
  /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  grantTypes?: Array<GrantType> | undefined
  /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  responseTypes?: Array<ResponseType> | undefined
  /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
  redirectUris?: Array<string> | undefined
  /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
  parRequired?: boolean | undefined
  /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
  requestUris?: Array<string> | undefined
  /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
  defaultMaxAge?: number | undefined
  /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
  defaultAcrs?: Array<string> | undefined
  /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
  authTimeRequired?: boolean | undefined
  /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
  loginUri?: string | undefined
  /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
  bcDeliveryMode?: string | undefined
  /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
  bcNotificationEndpoint?: string | undefined
  /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
  bcUserCodeRequired?: boolean | undefined
  /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
  authorizationDetailsTypes?: Array<string> | undefined
  /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
  dpopRequired?: boolean | undefined
  /** The URL that receives credential offers. */
  credentialOfferEndpoint?: string | undefined
  /** Whether credential responses to the client must be encrypted. */
  credentialResponseEncryptionRequired?: boolean | undefined
  /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
  postLogoutRedirectUris?: Array<string> | undefined
  /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutUri?: string | undefined
  /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutSessionRequired?: boolean | undefined
  /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutUri?: string | undefined
  /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutSessionRequired?: boolean | undefined
  /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
  authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
  authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
  authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
  tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
  selfSignedCertificateKeyId?: string | undefined
  /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
  requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
  requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
  requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
  idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
  idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
  idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The URL of the client's key set (RFC 7591 §2). */
  jwksUri?: string | undefined
  /** The key set of the client as JSON text. */
  jwks?: string | {
    keep: true
  } | undefined
  /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
  userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
  userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
  userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
  bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
  rsSignedRequestKeyId?: string | undefined
  /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** Whether the client was registered automatically by a federation. */
  automaticallyRegistered?: boolean | undefined
  /** Whether the client was registered explicitly by a federation. */
  explicitlyRegistered?: boolean | undefined
  /** The ways in which the client registers in a federation. */
  clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The name of the organization that runs the client. */
  organizationName?: string | undefined
  /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
  entityId?: string | undefined
  /** The entity identifier of the trust anchor of the client's trust chain. */
  trustAnchorId?: string | undefined
  /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
  trustChain?: Array<string> | undefined
  /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
  trustChainExpiresAt?: number | undefined
  /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
  trustChainUpdatedAt?: number | undefined
  /** Names the client: its attribute `ext.config.key`. */
  key: string
  /** The ID of a client that has no key yet, and gets this one. */
  clientId?: number | undefined
  /** The ID that the client gets when it is created, such as the one of a former system. Without, it gets a random one. */
  newClientId?: number | undefined
  /** The secret; without, it is kept, and a new client gets a random one. */
  clientSecret?: string | {
    generate: true
  } | {
    keep: true
  } | undefined
}

export interface ConfigurationStanding {
  /** The key of the service, if it has one. */
  key?: string | undefined
  /** The attribute `ext.config.managedBy`. */
  managedBy?: string | undefined
  /** The attribute `ext.config.strict`. */
  strict: boolean
  /** The clients that have a key. */
  clients: Array<{
    key: string
    clientId: number
  }>
}

export interface ConfigurationApplied {
  /** The properties that change. */
  changes: Array<ConfigurationChange>
  /** What happens to clients. */
  clients: {
    /** The keys of new clients. */
    created: Array<string>
    /** The keys of clients that change. */
    updated: Array<string>
    /** The clients that are deleted. */
    deleted: Array<{
      /** The key of the client, if it has one. */
      key?: string | undefined
      /** The ID of the client. */
      clientId: number
    }>
    /** How many clients of the configuration stay as they are. */
    unchanged: number
  }
  /** What lints find in the service and in the clients of the configuration. */
  lint: {
    /** Findings that are new. */
    appears: Array<ConfigurationFinding>
    /** Findings that are mended. */
    vanishes: Array<ConfigurationFinding>
    /** Required profiles that the result breaks. */
    broken: Array<'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'>
  }
  /** What it means for clients and tokens that there are. */
  effects: Array<{
    /** What is lost. */
    kind: 'scope-removed' | 'grant-type-removed' | 'response-type-removed' | 'key-removed' | 'client-deleted'
    /** The scope, grant type, response type, key or client. */
    name: string
    /** How many clients of the service use it. */
    clients?: number | undefined
    /** Whether more clients were there than were looked at. */
    atLeast?: boolean | undefined
    /** What it means, as a sentence. */
    says: string
  }>
  /** Settings of the service that cannot work. */
  warnings?: Array<Warning> | undefined
  /** The IDs of new clients. */
  created: Array<{
    /** The key of the client. */
    key: string
    /** The ID of the client. */
    clientId: number
  }>
  /** Secrets that were made, which are shown this once. */
  secrets: Array<{
    /** The key of the client. */
    key: string
    /** The ID of the client. */
    clientId: number
    /** The secret. */
    clientSecret: string
  }>
  /** The `ETag` of the service now. */
  etag: string
}

export interface ConfigurationApplyRequest {
  /** The key that the service has, or gets. */
  key?: string | undefined
  /** The settings of the service; without, they stay. Secrets that are omitted stay, too. */
  service?: {
    /** The display name of the service, for people. */
    serviceName?: string | undefined
    /** The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2). */
    issuer?: string | undefined
    /** A description of the service, for people. */
    description?: string | undefined
    /** The number of clients that one developer may have; 0 means unlimited. */
    clientsPerDeveloper?: number | undefined
    /** The URL that authenticates developers. */
    developerAuthenticationCallbackEndpoint?: string | undefined
    /** The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiKey?: string | undefined
    /** The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed. */
    developerAuthenticationCallbackApiSecret?: string | undefined
    /** The social networks with which users may log in. */
    supportedSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedSnses`. Stored sealed. */
    snsCredentials?: Array<SnsCredentials> | undefined
    /** The social networks with which developers may log in. */
    supportedDeveloperSnses?: Array<Sns> | undefined
    /** The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed. */
    developerSnsCredentials?: Array<SnsCredentials> | undefined
    /** Whether the service accepts a client's alias as `client_id`. The client must enable its alias too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2). */
    metadata?: Array<Pair> | undefined
    /** The URL that authenticates users. */
    authenticationCallbackEndpoint?: string | undefined
    /** The API key for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiKey?: string | undefined
    /** The API secret for `authenticationCallbackEndpoint`. Stored sealed. */
    authenticationCallbackApiSecret?: string | undefined
    /** The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3). */
    supportedAcrs?: Array<string> | undefined
    /** The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile. */
    supportedServiceProfiles?: Array<ServiceProfile> | undefined
    /** Whether error responses to clients omit `error_description` (RFC 6749 §5.2). */
    errorDescriptionOmitted?: boolean | undefined
    /** Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2). */
    errorUriOmitted?: boolean | undefined
    /** The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3). */
    supportedUiLocales?: Array<string> | undefined
    /** The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1). */
    supportedDisplays?: Array<Display> | undefined
    /** The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2). */
    policyUri?: string | undefined
    /** The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2). */
    tosUri?: string | undefined
    /** The URL of the documentation for developers, published in the discovery document (RFC 8414 §2). */
    serviceDocumentation?: string | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3). */
    httpAliasProhibited?: boolean | undefined
    /** The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2). */
    supportedGrantTypes?: Array<GrantType> | undefined
    /** The response types that the service supports. Without a list, all are supported (RFC 8414 §2). */
    supportedResponseTypes?: Array<ResponseType> | undefined
    /** The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10). */
    supportedAuthorizationDetailsTypes?: Array<string> | undefined
    /** The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1). */
    authorizationEndpoint?: string | undefined
    /** Whether the engine serves an authorization endpoint itself. */
    directAuthorizationEndpointEnabled?: boolean | undefined
    /** Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1). */
    authorizationResponseDuration?: number | undefined
    /** The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5). */
    pushedAuthReqEndpoint?: string | undefined
    /** The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2). */
    pushedAuthReqDuration?: number | undefined
    /** Whether every authorization request must be pushed first (RFC 9126 §5). */
    parRequired?: boolean | undefined
    /** Whether every authorization request must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3). */
    traditionalRequestObjectProcessingApplied?: boolean | undefined
    /** The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3). */
    supportedScopes?: Array<Scope> | undefined
    /** Whether a request without any supported scope is refused (RFC 6749 §3.3). */
    scopeRequired?: boolean | undefined
    /** Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2). */
    nbfOptional?: boolean | undefined
    /** Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2). */
    issSuppressed?: boolean | undefined
    /** Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3). */
    loopbackRedirectionUriVariable?: boolean | undefined
    /** Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4). */
    requestObjectAudienceChecked?: boolean | undefined
    /** The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1). */
    supportedPromptValues?: Array<Prompt> | undefined
    /** The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2). */
    authorizationCodeDuration?: number | undefined
    /** Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3). */
    clientAssertionAudRestrictedToIssuer?: boolean | undefined
    /** The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedTokenAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3). */
    missingClientIdAllowed?: boolean | undefined
    /** The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2). */
    supportedRevocationAuthMethods?: Array<ClientAuthMethod> | undefined
    /** The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2). */
    supportedIntrospectionAuthMethods?: Array<ClientAuthMethod> | undefined
    /** Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1). */
    mutualTlsValidatePkiCertChain?: boolean | undefined
    /** The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1). */
    trustedRootCertificates?: Array<string> | undefined
    /** The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5). */
    mtlsEndpointAliases?: Array<NamedUri> | undefined
    /** The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8). */
    challengeEndpoint?: string | undefined
    /** The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8). */
    attestationChallengeTimeWindow?: number | undefined
    /** The root certificates of client attesters, each in PEM (Client Attestation §6). */
    clientAttesterRoots?: Array<string> | undefined
    /** Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6). */
    clientAttesterRootsEnabled?: boolean | undefined
    /** Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6). */
    clientAttesterRootsOnly?: boolean | undefined
    /** The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent. */
    tokenBatchNotificationEndpoint?: string | undefined
    /** The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2). */
    tokenEndpoint?: string | undefined
    /** Whether the engine serves a token endpoint itself. */
    directTokenEndpointEnabled?: boolean | undefined
    /** The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2). */
    revocationEndpoint?: string | undefined
    /** Whether the engine serves a revocation endpoint itself. */
    directRevocationEndpointEnabled?: boolean | undefined
    /** The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2). */
    introspectionEndpoint?: string | undefined
    /** Whether the engine serves an introspection endpoint itself. */
    directIntrospectionEndpointEnabled?: boolean | undefined
    /** The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1). */
    accessTokenType?: string | undefined
    /** Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1). */
    accessTokenDuration?: number | undefined
    /** Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1). */
    accessTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5). */
    refreshTokenDuration?: number | undefined
    /** Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2). */
    refreshTokenDurationKept?: boolean | undefined
    /** Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2). */
    refreshTokenDurationReset?: boolean | undefined
    /** Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6). */
    refreshTokenKept?: boolean | undefined
    /** The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2). */
    idTokenDuration?: number | undefined
    /** The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4). */
    allowableClockSkew?: number | undefined
    /** The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3). */
    userInfoEndpoint?: string | undefined
    /** Whether the engine serves a UserInfo endpoint itself. */
    directUserInfoEndpointEnabled?: boolean | undefined
    /** Whether an access token expires no later than the refresh token that is issued with it. */
    tokenExpirationLinked?: boolean | undefined
    /** The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1). */
    grantManagementEndpoint?: string | undefined
    /** Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1). */
    grantManagementActionRequired?: boolean | undefined
    /** Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5). */
    accessTokenForExternalAttachmentEmbedded?: boolean | undefined
    /** Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2). */
    refreshTokenIdempotent?: boolean | undefined
    /** Whether token exchange requires a `client_id` (RFC 8693 §2.1). */
    tokenExchangeByIdentifiableClientsOnly?: boolean | undefined
    /** Whether token exchange requires a confidential client (RFC 8693 §2.1). */
    tokenExchangeByConfidentialClientsOnly?: boolean | undefined
    /** Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1). */
    tokenExchangeByPermittedClientsOnly?: boolean | undefined
    /** Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1). */
    tokenExchangeEncryptedJwtRejected?: boolean | undefined
    /** Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1). */
    tokenExchangeUnsignedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1). */
    jwtGrantByIdentifiableClientsOnly?: boolean | undefined
    /** Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1). */
    jwtGrantEncryptedJwtRejected?: boolean | undefined
    /** Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3). */
    jwtGrantUnsignedJwtRejected?: boolean | undefined
    /** Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11). */
    openidDroppedOnRefreshWithoutOfflineAccess?: boolean | undefined
    /** Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1). */
    rsResponseSigned?: boolean | undefined
    /** Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8). */
    dpopNonceRequired?: boolean | undefined
    /** The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8). */
    dpopNonceDuration?: number | undefined
    /** Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2). */
    idTokenReissuable?: boolean | undefined
    /** The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2). */
    idTokenAudType?: string | undefined
    /** Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3). */
    nativeSsoSupported?: boolean | undefined
    /** The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1). */
    pairwiseSubjectSalt?: string | undefined
    /** The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    accessTokenSignatureKeyId?: string | undefined
    /** The URL of the service's key set, published in the discovery document (RFC 8414 §2). */
    jwksUri?: string | undefined
    /** Whether the engine serves the key set itself. */
    directJwksEndpointEnabled?: boolean | undefined
    /** The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5). */
    jwks?: string | undefined
    /** The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    idTokenSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    userInfoSignatureKeyId?: string | undefined
    /** The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4). */
    authorizationSignatureKeyId?: string | undefined
    /** Whether the service uses keys of hardware security modules. */
    hsmEnabled?: boolean | undefined
    /** The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5). */
    introspectionSignatureKeyId?: string | undefined
    /** The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1). */
    resourceSignatureKeyId?: string | undefined
    /** The types of claims that the service supports, published in the discovery document (OIDC Core §5.6). */
    supportedClaimTypes?: Array<ClaimType> | undefined
    /** The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2). */
    supportedClaimLocales?: Array<string> | undefined
    /** The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3). */
    supportedClaims?: Array<string> | undefined
    /** Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4). */
    claimShortcutRestrictive?: boolean | undefined
    /** The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedTrustFrameworks?: Array<string> | undefined
    /** The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedEvidence?: Array<string> | undefined
    /** The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedIdentityDocuments?: Array<string> | undefined
    /** The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7). */
    supportedVerificationMethods?: Array<string> | undefined
    /** The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedVerifiedClaims?: Array<string> | undefined
    /** The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5). */
    verifiedClaimsValidationSchemaSet?: 'standard' | 'standard+id_document' | undefined
    /** The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8). */
    predefinedTransformedClaims?: string | undefined
    /** The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedAttachments?: Array<AttachmentType> | undefined
    /** The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDigestAlgorithms?: Array<string> | undefined
    /** The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocuments?: Array<string> | undefined
    /** The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsMethods?: Array<string> | undefined
    /** The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsValidationMethods?: Array<string> | undefined
    /** The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsVerificationMethods?: Array<string> | undefined
    /** The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedElectronicRecords?: Array<string> | undefined
    /** The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7). */
    supportedDocumentsCheckMethods?: Array<string> | undefined
    /** The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4). */
    backchannelAuthenticationEndpoint?: string | undefined
    /** The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5). */
    supportedBackchannelTokenDeliveryModes?: Array<DeliveryMode> | undefined
    /** The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3). */
    backchannelAuthReqIdDuration?: number | undefined
    /** The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3). */
    backchannelPollingInterval?: number | undefined
    /** Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1). */
    backchannelUserCodeParameterSupported?: boolean | undefined
    /** Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2). */
    backchannelBindingMessageRequiredInFapi?: boolean | undefined
    /** The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4). */
    deviceAuthorizationEndpoint?: string | undefined
    /** The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2). */
    deviceVerificationUri?: string | undefined
    /** The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2). */
    deviceVerificationUriComplete?: string | undefined
    /** The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2). */
    deviceFlowCodeDuration?: number | undefined
    /** The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2). */
    deviceFlowPollingInterval?: number | undefined
    /** The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1). */
    userCodeCharset?: 'BASE20' | 'NUMERIC' | undefined
    /** The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1). */
    userCodeLength?: number | undefined
    /** The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1). */
    endSessionEndpoint?: string | undefined
    /** The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3). */
    checkSessionIframe?: string | undefined
    /** Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSupported?: boolean | undefined
    /** Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3). */
    frontchannelLogoutSessionSupported?: boolean | undefined
    /** Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSupported?: boolean | undefined
    /** Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1). */
    backchannelLogoutSessionSupported?: boolean | undefined
    /** Whether `/client/registration` and its management operations are available (RFC 7591 §3). */
    dynamicRegistrationSupported?: boolean | undefined
    /** The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3). */
    registrationEndpoint?: string | undefined
    /** The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3). */
    registrationManagementEndpoint?: string | undefined
    /** The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2). */
    supportedCustomClientMetadata?: Array<string> | undefined
    /** Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2). */
    unauthorizedOnClientConfigSupported?: boolean | undefined
    /** Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2). */
    dcrScopeUsedAsRequestable?: boolean | undefined
    /** Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2). */
    dcrDuplicateSoftwareIdBlocked?: boolean | undefined
    /** Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4). */
    cimdMetadataPolicyEnabled?: boolean | undefined
    /** Whether a client may use the URL of its metadata document as `client_id` (CIMD §3). */
    clientIdMetadataDocumentSupported?: boolean | undefined
    /** Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8). */
    cimdAllowlistEnabled?: boolean | undefined
    /** The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8). */
    cimdAllowlist?: Array<string> | undefined
    /** Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3). */
    cimdAlwaysRetrieved?: boolean | undefined
    /** Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3). */
    cimdHttpPermitted?: boolean | undefined
    /** Whether the URL of a metadata document may have a query (CIMD §3). */
    cimdQueryPermitted?: boolean | undefined
    /** The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1). */
    cimdMetadataPolicy?: string | undefined
    /** The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2). */
    authorityHints?: Array<string> | undefined
    /** Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked. */
    federationEnabled?: boolean | undefined
    /** The key set that signs entity statements, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    federationJwks?: string | undefined
    /** The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1). */
    federationSignatureKeyId?: string | undefined
    /** The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days. */
    federationConfigurationDuration?: number | undefined
    /** The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3). */
    federationRegistrationEndpoint?: string | undefined
    /** The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2). */
    organizationName?: string | undefined
    /** The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** The ways in which clients register in a federation (OpenID Federation §5.1.3). */
    supportedClientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3). */
    trustAnchors?: Array<TrustAnchor> | undefined
    /** The lifetime of a `c_nonce` in seconds; 0 means 300. */
    cnonceDuration?: number | undefined
    /** Whether the service issues verifiable credentials. */
    verifiableCredentialsEnabled?: boolean | undefined
    /** The URL of the key set for credentials. */
    credentialJwksUri?: string | undefined
    /** The lifetime of a credential offer in seconds; 0 means 86400. */
    credentialOfferDuration?: number | undefined
    /** Whether a pre-authorized code can be redeemed without a `client_id`. */
    preAuthorizedGrantAnonymousAccessSupported?: boolean | undefined
    /** The lifetime of a deferred credential transaction in seconds; 0 means 86400. */
    credentialTransactionDuration?: number | undefined
    /** The length of the transaction code of a credential offer in characters. */
    userPinLength?: number | undefined
    /** The key set for credentials, as JSON text. Stored sealed. A key that is saved without `kid` or `use` gets them like those of `jwks`. */
    credentialJwks?: string | undefined
    /** The lifetime of a credential in seconds; 0 means unlimited. */
    credentialDuration?: number | undefined
    /** The metadata of the credential issuer. */
    credentialIssuerMetadata?: {
      /** Issuers of the authorization servers. */
      authorizationServers?: Array<string> | undefined
      /** Identifier of the credential issuer. */
      credentialIssuer?: string | undefined
      /** URL of the credential endpoint. */
      credentialEndpoint?: string | undefined
      /** URL of the batch credential endpoint. */
      batchCredentialEndpoint?: string | undefined
      /** URL of the deferred credential endpoint. */
      deferredCredentialEndpoint?: string | undefined
      /** Credentials that can be issued, as JSON text. */
      credentialsSupported?: string | undefined
      /** Algorithms that encrypt the key of credential responses. */
      credentialResponseEncryptionAlgValuesSupported?: Array<string> | undefined
      /** Algorithms that encrypt the content of credential responses. */
      credentialResponseEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential responses. */
      credentialResponseEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential responses are always encrypted. */
      requireCredentialResponseEncryption?: boolean | undefined
      /** URL of the nonce endpoint. */
      nonceEndpoint?: string | undefined
      /** URL of the notification endpoint. */
      notificationEndpoint?: string | undefined
      /** Maximum number of credentials in one request. */
      batchSize?: number | undefined
      /** How to display the credential issuer. */
      display?: string | undefined
      /** Key set for encrypted credential requests, as JSON text. */
      credentialRequestEncryptionJwks?: string | undefined
      /** Algorithms that encrypt the content of credential requests. */
      credentialRequestEncryptionEncValuesSupported?: Array<string> | undefined
      /** Compression algorithms of credential requests. */
      credentialRequestEncryptionZipValuesSupported?: Array<string> | undefined
      /** Whether credential requests must be encrypted. */
      requireCredentialRequestEncryption?: boolean | undefined
    } | undefined
    /** The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued. */
    oid4vciVersion?: string | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** The root certificates of key attesters, each in PEM. */
    keyAttesterRoots?: Array<string> | undefined
    /** Whether a key attestation may chain to one of `keyAttesterRoots`. */
    keyAttesterRootsEnabled?: boolean | undefined
    /** Whether a key attestation must chain to one of `keyAttesterRoots`. */
    keyAttesterRootsOnly?: boolean | undefined
  } | undefined
  /** Postern makes the signing keys of the service, and rotates them. */
  keys?: {
    managed: true
    /** The algorithms that the service has keys for; `[ES256]` if absent. */
    algorithms?: Array<string> | undefined
    /** After how many days a new key is made; 90 if absent. */
    rotateDays?: number | undefined
  } | undefined
  /** The clients. A client that is not named stays as it is. */
  clients?: {
    /** Which clients may be deleted: none (the default), those in `deleted`, or all that are not in the file. Clients that registered themselves are never deleted. */
    delete?: 'never' | 'listed-keys' | 'all-but-registered' | undefined
    /** The keys of clients to delete, with `listed-keys`. */
    deleted?: Array<string> | undefined
    /** The clients. */
    items?: Array<ConfigurationClient> | undefined
  } | undefined
  /** What must not be broken. */
  lint?: {
    /** Security profiles that the service and the clients of the file must satisfy. */
    require?: Array<'oauth-2.1' | 'rfc9700' | 'fapi1-advanced' | 'fapi2-security' | 'fapi2-message-signing' | 'haip' | 'mcp' | 'oidc-op' | 'operations'> | undefined
  } | undefined
  /** Those of the plan: what moved since is not overwritten. */
  etags: {
    /** The `ETag` of the service. */
    service: string
    /** Those of the clients that the configuration names or deletes. */
    clients: Array<{
      /** The ID of the client. */
      clientId: number
      /** Its `ETag`. */
      etag: string
    }>
  }
  /** Whether clients may be deleted. */
  allowDelete?: boolean | undefined
  /** The SHA-256 of the whole file as base64url, by which the next plan is short. */
  digest?: string | undefined
  /** Why, for the audit log. */
  reason?: string | undefined
  /** Where the configuration comes from, such as a commit, for the audit log. */
  source?: string | undefined
}

export interface Client {
  /** The name of the client, shown to users (RFC 7591 §2). */
  clientName?: string | undefined
  /** The name of the client in several languages (RFC 7591 §2.2). */
  clientNames?: Array<TaggedValue> | undefined
  /** A description of the client, for people. */
  description?: string | undefined
  /** The description of the client in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** Whether the client may be identified by its alias. The service must enable aliases too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
  applicationType?: 'WEB' | 'NATIVE' | undefined
  /** The URL of the client's logo, shown to users (RFC 7591 §2). */
  logoUri?: string | undefined
  /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
  logoUris?: Array<TaggedValue> | undefined
  /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
  contacts?: Array<string> | undefined
  /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
  softwareId?: string | undefined
  /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
  developer?: string | undefined
  /** The version of the client's software (RFC 7591 §2). */
  softwareVersion?: string | undefined
  /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
  subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
  /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
  sectorIdentifierUri?: string | undefined
  /** The URL of the client's terms of service (RFC 7591 §2). */
  tosUri?: string | undefined
  /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
  tosUris?: Array<TaggedValue> | undefined
  /** The URL of the client's page about the use of data (RFC 7591 §2). */
  policyUri?: string | undefined
  /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
  policyUris?: Array<TaggedValue> | undefined
  /** The URL of the client's home page (RFC 7591 §2). */
  clientUri?: string | undefined
  /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
  clientUris?: Array<TaggedValue> | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
  extension?: {
    /** The names of the scopes that the client may request. */
    requestableScopes?: Array<string> | undefined
    /** Whether the client may request only the scopes in `requestableScopes`. */
    requestableScopesEnabled?: boolean | undefined
    /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
    accessTokenDuration?: number | undefined
    /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
    refreshTokenDuration?: number | undefined
    /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
    idTokenDuration?: number | undefined
    /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
    tokenExchangePermitted?: boolean | undefined
  } | undefined
  /** Additional client metadata, as JSON text (RFC 7591 §2). */
  customMetadata?: string | undefined
  /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
  digestAlgorithm?: string | undefined
  /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
  rsRequestSigned?: boolean | undefined
  /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
  locked?: boolean | undefined
  /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
  responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
  /** Whether tokens of the client are to be migrated from another system. */
  inScopeForTokenMigration?: boolean | undefined
  /** The URL of the client's metadata document (CIMD §4). */
  metadataDocumentLocation?: string | undefined
  /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
  metadataDocumentExpiresAt?: number | undefined
  /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
  metadataDocumentUpdatedAt?: number | undefined
  /** Whether the client was created from its metadata document (CIMD §4). */
  discoveredByMetadataDocument?: boolean | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
  clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
  /** The hash of the client's registration access token (RFC 7592 §3). */
  registrationAccessTokenHash?: string | undefined
  /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
  tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
  /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
  tlsClientAuthSubjectDn?: string | undefined
  /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanDns?: string | undefined
  /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanUri?: string | undefined
  /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanIp?: string | undefined
  /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanEmail?: string | undefined
  /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
  mtlsEndpointAliasesUsed?: boolean | undefined
  /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
  spiffeId?: string | undefined
  /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
  spiffeBundleEndpoint?: string | undefined
  /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  grantTypes?: Array<GrantType> | undefined
  /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  responseTypes?: Array<ResponseType> | undefined
  /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
  redirectUris?: Array<string> | undefined
  /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
  parRequired?: boolean | undefined
  /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
  requestUris?: Array<string> | undefined
  /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
  defaultMaxAge?: number | undefined
  /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
  defaultAcrs?: Array<string> | undefined
  /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
  authTimeRequired?: boolean | undefined
  /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
  loginUri?: string | undefined
  /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
  bcDeliveryMode?: string | undefined
  /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
  bcNotificationEndpoint?: string | undefined
  /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
  bcUserCodeRequired?: boolean | undefined
  /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
  authorizationDetailsTypes?: Array<string> | undefined
  /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
  dpopRequired?: boolean | undefined
  /** The URL that receives credential offers. */
  credentialOfferEndpoint?: string | undefined
  /** Whether credential responses to the client must be encrypted. */
  credentialResponseEncryptionRequired?: boolean | undefined
  /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
  postLogoutRedirectUris?: Array<string> | undefined
  /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutUri?: string | undefined
  /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutSessionRequired?: boolean | undefined
  /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutUri?: string | undefined
  /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutSessionRequired?: boolean | undefined
  /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
  authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
  authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
  authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
  tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
  selfSignedCertificateKeyId?: string | undefined
  /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
  requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
  requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
  requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
  idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
  idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
  idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The URL of the client's key set (RFC 7591 §2). */
  jwksUri?: string | undefined
  /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
  jwks?: string | undefined
  /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
  userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
  userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
  userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
  bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
  rsSignedRequestKeyId?: string | undefined
  /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** Whether the client was registered automatically by a federation. */
  automaticallyRegistered?: boolean | undefined
  /** Whether the client was registered explicitly by a federation. */
  explicitlyRegistered?: boolean | undefined
  /** The ways in which the client registers in a federation. */
  clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The name of the organization that runs the client. */
  organizationName?: string | undefined
  /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
  entityId?: string | undefined
  /** The entity identifier of the trust anchor of the client's trust chain. */
  trustAnchorId?: string | undefined
  /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
  trustChain?: Array<string> | undefined
  /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
  trustChainExpiresAt?: number | undefined
  /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
  trustChainUpdatedAt?: number | undefined
  /** The number of the client within its service, below 2^31. */
  number: number
  /** The number of the service that the client belongs to. */
  serviceNumber?: number | undefined
  /** The client ID, below 2^53. */
  clientId: number
  /** The client secret. Stored sealed, or as a hash with `ext.client_secret.storage`; it is shown only once then (RFC 6749 §2.3.1). */
  clientSecret?: string | undefined
  /** Whether the client registered itself (RFC 7591 §3). */
  dynamicallyRegistered?: boolean | undefined
  /** The sector of the client's pairwise subjects: the host of `sectorIdentifierUri` or of its redirect URIs (OIDC Core §8.1). */
  derivedSectorIdentifier?: string | undefined
  /** The time when the client secret expires, in milliseconds since the Unix epoch; absent if it does not expire (RFC 7591 §3.2.1). */
  clientSecretExpiresAt?: number | undefined
  /** Until when the former client secret is accepted too, in milliseconds since the Unix epoch; absent if only one is accepted. */
  rotatedClientSecretExpiresAt?: number | undefined
  /** The time when the client was created, in milliseconds since the Unix epoch. */
  createdAt: number
  /** The time when the client was last changed, in milliseconds since the Unix epoch. */
  modifiedAt: number
  /** The time of the last request in the name of the client, in milliseconds since the Unix epoch, exact to an hour. Only when clients are read and listed; absent if there was none. */
  lastUsedAt?: number | undefined
}

export interface ClientDocument {
  /** The name of the client, shown to users (RFC 7591 §2). */
  clientName?: string | undefined
  /** The name of the client in several languages (RFC 7591 §2.2). */
  clientNames?: Array<TaggedValue> | undefined
  /** A description of the client, for people. */
  description?: string | undefined
  /** The description of the client in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** Whether the client may be identified by its alias. The service must enable aliases too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
  applicationType?: 'WEB' | 'NATIVE' | undefined
  /** The URL of the client's logo, shown to users (RFC 7591 §2). */
  logoUri?: string | undefined
  /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
  logoUris?: Array<TaggedValue> | undefined
  /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
  contacts?: Array<string> | undefined
  /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
  softwareId?: string | undefined
  /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
  developer?: string | undefined
  /** The version of the client's software (RFC 7591 §2). */
  softwareVersion?: string | undefined
  /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
  subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
  /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
  sectorIdentifierUri?: string | undefined
  /** The URL of the client's terms of service (RFC 7591 §2). */
  tosUri?: string | undefined
  /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
  tosUris?: Array<TaggedValue> | undefined
  /** The URL of the client's page about the use of data (RFC 7591 §2). */
  policyUri?: string | undefined
  /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
  policyUris?: Array<TaggedValue> | undefined
  /** The URL of the client's home page (RFC 7591 §2). */
  clientUri?: string | undefined
  /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
  clientUris?: Array<TaggedValue> | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
  extension?: {
    /** The names of the scopes that the client may request. */
    requestableScopes?: Array<string> | undefined
    /** Whether the client may request only the scopes in `requestableScopes`. */
    requestableScopesEnabled?: boolean | undefined
    /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
    accessTokenDuration?: number | undefined
    /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
    refreshTokenDuration?: number | undefined
    /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
    idTokenDuration?: number | undefined
    /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
    tokenExchangePermitted?: boolean | undefined
  } | undefined
  /** Additional client metadata, as JSON text (RFC 7591 §2). */
  customMetadata?: string | undefined
  /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
  digestAlgorithm?: string | undefined
  /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
  rsRequestSigned?: boolean | undefined
  /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
  locked?: boolean | undefined
  /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
  responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
  /** Whether tokens of the client are to be migrated from another system. */
  inScopeForTokenMigration?: boolean | undefined
  /** The URL of the client's metadata document (CIMD §4). */
  metadataDocumentLocation?: string | undefined
  /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
  metadataDocumentExpiresAt?: number | undefined
  /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
  metadataDocumentUpdatedAt?: number | undefined
  /** Whether the client was created from its metadata document (CIMD §4). */
  discoveredByMetadataDocument?: boolean | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
  clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
  /** The hash of the client's registration access token (RFC 7592 §3). */
  registrationAccessTokenHash?: string | undefined
  /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
  tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
  /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
  tlsClientAuthSubjectDn?: string | undefined
  /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanDns?: string | undefined
  /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanUri?: string | undefined
  /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanIp?: string | undefined
  /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanEmail?: string | undefined
  /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
  mtlsEndpointAliasesUsed?: boolean | undefined
  /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
  spiffeId?: string | undefined
  /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
  spiffeBundleEndpoint?: string | undefined
  /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  grantTypes?: Array<GrantType> | undefined
  /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  responseTypes?: Array<ResponseType> | undefined
  /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
  redirectUris?: Array<string> | undefined
  /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
  parRequired?: boolean | undefined
  /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
  requestUris?: Array<string> | undefined
  /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
  defaultMaxAge?: number | undefined
  /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
  defaultAcrs?: Array<string> | undefined
  /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
  authTimeRequired?: boolean | undefined
  /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
  loginUri?: string | undefined
  /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
  bcDeliveryMode?: string | undefined
  /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
  bcNotificationEndpoint?: string | undefined
  /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
  bcUserCodeRequired?: boolean | undefined
  /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
  authorizationDetailsTypes?: Array<string> | undefined
  /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
  dpopRequired?: boolean | undefined
  /** The URL that receives credential offers. */
  credentialOfferEndpoint?: string | undefined
  /** Whether credential responses to the client must be encrypted. */
  credentialResponseEncryptionRequired?: boolean | undefined
  /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
  postLogoutRedirectUris?: Array<string> | undefined
  /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutUri?: string | undefined
  /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutSessionRequired?: boolean | undefined
  /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutUri?: string | undefined
  /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutSessionRequired?: boolean | undefined
  /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
  authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
  authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
  authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
  tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
  selfSignedCertificateKeyId?: string | undefined
  /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
  requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
  requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
  requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
  idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
  idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
  idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The URL of the client's key set (RFC 7591 §2). */
  jwksUri?: string | undefined
  /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
  jwks?: string | undefined
  /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
  userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
  userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
  userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
  bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
  rsSignedRequestKeyId?: string | undefined
  /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** Whether the client was registered automatically by a federation. */
  automaticallyRegistered?: boolean | undefined
  /** Whether the client was registered explicitly by a federation. */
  explicitlyRegistered?: boolean | undefined
  /** The ways in which the client registers in a federation. */
  clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The name of the organization that runs the client. */
  organizationName?: string | undefined
  /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
  entityId?: string | undefined
  /** The entity identifier of the trust anchor of the client's trust chain. */
  trustAnchorId?: string | undefined
  /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
  trustChain?: Array<string> | undefined
  /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
  trustChainExpiresAt?: number | undefined
  /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
  trustChainUpdatedAt?: number | undefined
}

export interface ClientGetListResponse {
  /** Index of the first client. */
  start: number
  /** Index after the last requested client. */
  end: number
  /** Number of clients. */
  totalCount: number
  /** The developer of the call. */
  developer?: string | undefined
  /** The clients, in the order in which they were created. */
  clients: Array<Client>
}

export interface ClientSearchResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The clients. */
  clients: Array<ClientSummary>
  /** The `after` of the next call; absent if there are no more. A page may have fewer items than `limit`, or none, although there are more. */
  next?: string | undefined
}

export interface ClientSummary {
  /** The client ID, below 2^53. */
  clientId: number
  /** The number of the client within its service, below 2^31. */
  number: number
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** The display name of the client. */
  clientName?: string | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
  clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
  /** Whether the client is locked. */
  locked: boolean
  /** Labels of the client, by which `/api/{serviceId}/clients` selects it. */
  labels?: Array<string> | undefined
  /** The key of the client: the attribute `ext.config.key`. */
  key?: string | undefined
  /** The time when the client was created, in milliseconds since the Unix epoch. */
  createdAt: number
  /** The time when the client was last changed, in milliseconds since the Unix epoch. */
  modifiedAt: number
  /** The time of the last request in the name of the client, in milliseconds since the Unix epoch, exact to an hour. Only when clients are read and listed; absent if there was none. */
  lastUsedAt?: number | undefined
  /** Grows with every change; the ETag of the document begins with it. */
  version: number
}

export interface ClientLintRequest {
  /** The profiles to check; without, all. */
  profiles?: Array<LintProfile> | undefined
  /** Settings that are not saved yet; without, those of the client. */
  client?: {
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
    /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
    applicationType?: 'WEB' | 'NATIVE' | undefined
    /** The URL of the client's logo, shown to users (RFC 7591 §2). */
    logoUri?: string | undefined
    /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
    logoUris?: Array<TaggedValue> | undefined
    /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
    contacts?: Array<string> | undefined
    /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
    softwareId?: string | undefined
    /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
    developer?: string | undefined
    /** The version of the client's software (RFC 7591 §2). */
    softwareVersion?: string | undefined
    /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
    subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
    /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
    sectorIdentifierUri?: string | undefined
    /** The URL of the client's terms of service (RFC 7591 §2). */
    tosUri?: string | undefined
    /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
    tosUris?: Array<TaggedValue> | undefined
    /** The URL of the client's page about the use of data (RFC 7591 §2). */
    policyUri?: string | undefined
    /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
    policyUris?: Array<TaggedValue> | undefined
    /** The URL of the client's home page (RFC 7591 §2). */
    clientUri?: string | undefined
    /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
    clientUris?: Array<TaggedValue> | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
    extension?: {
      /** The names of the scopes that the client may request. */
      requestableScopes?: Array<string> | undefined
      /** Whether the client may request only the scopes in `requestableScopes`. */
      requestableScopesEnabled?: boolean | undefined
      /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
      accessTokenDuration?: number | undefined
      /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
      refreshTokenDuration?: number | undefined
      /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
      idTokenDuration?: number | undefined
      /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
      tokenExchangePermitted?: boolean | undefined
    } | undefined
    /** Additional client metadata, as JSON text (RFC 7591 §2). */
    customMetadata?: string | undefined
    /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
    digestAlgorithm?: string | undefined
    /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
    rsRequestSigned?: boolean | undefined
    /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
    locked?: boolean | undefined
    /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
    responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
    /** Whether tokens of the client are to be migrated from another system. */
    inScopeForTokenMigration?: boolean | undefined
    /** The URL of the client's metadata document (CIMD §4). */
    metadataDocumentLocation?: string | undefined
    /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
    metadataDocumentExpiresAt?: number | undefined
    /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
    metadataDocumentUpdatedAt?: number | undefined
    /** Whether the client was created from its metadata document (CIMD §4). */
    discoveredByMetadataDocument?: boolean | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
    clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
    /** The hash of the client's registration access token (RFC 7592 §3). */
    registrationAccessTokenHash?: string | undefined
    /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
    tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
    /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
    tlsClientAuthSubjectDn?: string | undefined
    /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanDns?: string | undefined
    /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanUri?: string | undefined
    /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanIp?: string | undefined
    /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanEmail?: string | undefined
    /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
    mtlsEndpointAliasesUsed?: boolean | undefined
    /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
    spiffeId?: string | undefined
    /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
    spiffeBundleEndpoint?: string | undefined
    /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    grantTypes?: Array<GrantType> | undefined
    /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    responseTypes?: Array<ResponseType> | undefined
    /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
    redirectUris?: Array<string> | undefined
    /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
    parRequired?: boolean | undefined
    /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
    requestUris?: Array<string> | undefined
    /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
    defaultMaxAge?: number | undefined
    /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
    defaultAcrs?: Array<string> | undefined
    /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
    authTimeRequired?: boolean | undefined
    /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
    loginUri?: string | undefined
    /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
    bcDeliveryMode?: string | undefined
    /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
    bcNotificationEndpoint?: string | undefined
    /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
    bcUserCodeRequired?: boolean | undefined
    /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
    authorizationDetailsTypes?: Array<string> | undefined
    /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
    dpopRequired?: boolean | undefined
    /** The URL that receives credential offers. */
    credentialOfferEndpoint?: string | undefined
    /** Whether credential responses to the client must be encrypted. */
    credentialResponseEncryptionRequired?: boolean | undefined
    /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
    postLogoutRedirectUris?: Array<string> | undefined
    /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutUri?: string | undefined
    /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutSessionRequired?: boolean | undefined
    /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutUri?: string | undefined
    /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutSessionRequired?: boolean | undefined
    /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
    authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
    authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
    authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
    tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
    selfSignedCertificateKeyId?: string | undefined
    /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
    requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
    requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
    requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
    idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
    idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
    idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The URL of the client's key set (RFC 7591 §2). */
    jwksUri?: string | undefined
    /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
    jwks?: string | undefined
    /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
    userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
    userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
    userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
    bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
    rsSignedRequestKeyId?: string | undefined
    /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** Whether the client was registered automatically by a federation. */
    automaticallyRegistered?: boolean | undefined
    /** Whether the client was registered explicitly by a federation. */
    explicitlyRegistered?: boolean | undefined
    /** The ways in which the client registers in a federation. */
    clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The name of the organization that runs the client. */
    organizationName?: string | undefined
    /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
    entityId?: string | undefined
    /** The entity identifier of the trust anchor of the client's trust chain. */
    trustAnchorId?: string | undefined
    /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
    trustChain?: Array<string> | undefined
    /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
    trustChainExpiresAt?: number | undefined
    /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
    trustChainUpdatedAt?: number | undefined
  } | undefined
}

export interface ClientsLintReport {
  /** The checked clients with findings, in the order in which they were created. */
  clients: Array<{
    /** The ID of the client. */
    clientId: number
    /** The name of the client. */
    clientName?: string | undefined
    /** What the lints found. */
    findings: Array<{
      /** The code of the lint. */
      code: string
      /** The checked profiles that it belongs to. */
      profiles: Array<LintProfile>
      /** An `error` breaks the profile. */
      level: 'error' | 'warning' | 'hint'
      /** The property that it is about. */
      path: string
      /** What demands or recommends it. */
      spec?: string | undefined
      /** What is wrong, as a sentence. */
      says: string
      /** A JSON Merge Patch (RFC 7396) of the document that mends it. */
      fix?: Record<string, unknown> | undefined
    }>
  }>
  /** How many clients this call checked. */
  checked: number
  /** Number of clients. */
  totalCount: number
  /** The `start` of the next call; absent after the last. */
  next?: number | undefined
}

export interface ClientsLintRequest {
  /** The profiles to check; without, all. */
  profiles?: Array<LintProfile> | undefined
  /** Where to begin in the list of all clients. */
  start?: number | undefined
  /** How many clients to check. */
  limit?: number | undefined
}

export interface ClientUpdateRequest {
  /** The name of the client, shown to users (RFC 7591 §2). */
  clientName?: string | undefined
  /** The name of the client in several languages (RFC 7591 §2.2). */
  clientNames?: Array<TaggedValue> | undefined
  /** A description of the client, for people. */
  description?: string | undefined
  /** The description of the client in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** Whether the client may be identified by its alias. The service must enable aliases too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
  /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
  applicationType?: 'WEB' | 'NATIVE' | undefined
  /** The URL of the client's logo, shown to users (RFC 7591 §2). */
  logoUri?: string | undefined
  /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
  logoUris?: Array<TaggedValue> | undefined
  /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
  contacts?: Array<string> | undefined
  /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
  softwareId?: string | undefined
  /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
  developer?: string | undefined
  /** The version of the client's software (RFC 7591 §2). */
  softwareVersion?: string | undefined
  /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
  subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
  /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
  sectorIdentifierUri?: string | undefined
  /** The URL of the client's terms of service (RFC 7591 §2). */
  tosUri?: string | undefined
  /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
  tosUris?: Array<TaggedValue> | undefined
  /** The URL of the client's page about the use of data (RFC 7591 §2). */
  policyUri?: string | undefined
  /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
  policyUris?: Array<TaggedValue> | undefined
  /** The URL of the client's home page (RFC 7591 §2). */
  clientUri?: string | undefined
  /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
  clientUris?: Array<TaggedValue> | undefined
  /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
  attributes?: Array<Pair> | undefined
  /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
  extension?: {
    /** The names of the scopes that the client may request. */
    requestableScopes?: Array<string> | undefined
    /** Whether the client may request only the scopes in `requestableScopes`. */
    requestableScopesEnabled?: boolean | undefined
    /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
    accessTokenDuration?: number | undefined
    /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
    refreshTokenDuration?: number | undefined
    /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
    idTokenDuration?: number | undefined
    /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
    tokenExchangePermitted?: boolean | undefined
  } | undefined
  /** Additional client metadata, as JSON text (RFC 7591 §2). */
  customMetadata?: string | undefined
  /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
  digestAlgorithm?: string | undefined
  /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
  singleAccessTokenPerSubject?: boolean | undefined
  /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
  rsRequestSigned?: boolean | undefined
  /** Without, a client that is locked stays locked. */
  locked?: boolean | undefined
  /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
  fapiModes?: Array<FapiMode> | undefined
  /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
  responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
  /** Whether tokens of the client are to be migrated from another system. */
  inScopeForTokenMigration?: boolean | undefined
  /** The URL of the client's metadata document (CIMD §4). */
  metadataDocumentLocation?: string | undefined
  /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
  metadataDocumentExpiresAt?: number | undefined
  /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
  metadataDocumentUpdatedAt?: number | undefined
  /** Whether the client was created from its metadata document (CIMD §4). */
  discoveredByMetadataDocument?: boolean | undefined
  /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
  haipVersion?: string | undefined
  /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
  clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
  /** The hash of the client's registration access token (RFC 7592 §3). */
  registrationAccessTokenHash?: string | undefined
  /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
  tlsClientCertificateBoundAccessTokens?: boolean | undefined
  /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
  tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
  /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
  tlsClientAuthSubjectDn?: string | undefined
  /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanDns?: string | undefined
  /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanUri?: string | undefined
  /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanIp?: string | undefined
  /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
  tlsClientAuthSanEmail?: string | undefined
  /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
  mtlsEndpointAliasesUsed?: boolean | undefined
  /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
  spiffeId?: string | undefined
  /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
  spiffeBundleEndpoint?: string | undefined
  /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  grantTypes?: Array<GrantType> | undefined
  /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
  responseTypes?: Array<ResponseType> | undefined
  /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
  redirectUris?: Array<string> | undefined
  /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
  parRequired?: boolean | undefined
  /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
  requestObjectRequired?: boolean | undefined
  /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
  requestUris?: Array<string> | undefined
  /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
  defaultMaxAge?: number | undefined
  /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
  defaultAcrs?: Array<string> | undefined
  /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
  authTimeRequired?: boolean | undefined
  /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
  loginUri?: string | undefined
  /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
  bcDeliveryMode?: string | undefined
  /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
  bcNotificationEndpoint?: string | undefined
  /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
  bcUserCodeRequired?: boolean | undefined
  /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
  authorizationDetailsTypes?: Array<string> | undefined
  /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
  frontChannelRequestObjectEncryptionRequired?: boolean | undefined
  /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
  pkceRequired?: boolean | undefined
  /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
  pkceS256Required?: boolean | undefined
  /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
  dpopRequired?: boolean | undefined
  /** The URL that receives credential offers. */
  credentialOfferEndpoint?: string | undefined
  /** Whether credential responses to the client must be encrypted. */
  credentialResponseEncryptionRequired?: boolean | undefined
  /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
  postLogoutRedirectUris?: Array<string> | undefined
  /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutUri?: string | undefined
  /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
  frontchannelLogoutSessionRequired?: boolean | undefined
  /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutUri?: string | undefined
  /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
  backchannelLogoutSessionRequired?: boolean | undefined
  /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
  authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
  authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
  authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
  tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
  selfSignedCertificateKeyId?: string | undefined
  /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
  requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
  requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
  requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
  idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
  idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
  idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The URL of the client's key set (RFC 7591 §2). */
  jwksUri?: string | undefined
  /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
  jwks?: string | undefined
  /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
  userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
  userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
  /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
  userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
  /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
  bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
  /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
  requestObjectEncryptionAlgMatchRequired?: boolean | undefined
  /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
  requestObjectEncryptionEncMatchRequired?: boolean | undefined
  /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
  rsSignedRequestKeyId?: string | undefined
  /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
  signedJwksUri?: string | undefined
  /** Whether the client was registered automatically by a federation. */
  automaticallyRegistered?: boolean | undefined
  /** Whether the client was registered explicitly by a federation. */
  explicitlyRegistered?: boolean | undefined
  /** The ways in which the client registers in a federation. */
  clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
  /** The name of the organization that runs the client. */
  organizationName?: string | undefined
  /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
  entityId?: string | undefined
  /** The entity identifier of the trust anchor of the client's trust chain. */
  trustAnchorId?: string | undefined
  /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
  trustChain?: Array<string> | undefined
  /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
  trustChainExpiresAt?: number | undefined
  /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
  trustChainUpdatedAt?: number | undefined
}

export interface ClientRegistrationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'BAD_REQUEST' | 'CREATED' | 'DELETED' | 'INTERNAL_SERVER_ERROR' | 'OK' | 'UNAUTHORIZED' | 'UPDATED'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** The web origins that may read the response for the client, `*` for all (`ext.cors_origins` of the client). Absent if the client is unknown or has no such attribute. */
  corsOrigins?: Array<string> | undefined
  /** The registered client. */
  client?: {
    /** The name of the client, shown to users (RFC 7591 §2). */
    clientName?: string | undefined
    /** The name of the client in several languages (RFC 7591 §2.2). */
    clientNames?: Array<TaggedValue> | undefined
    /** A description of the client, for people. */
    description?: string | undefined
    /** The description of the client in several languages. */
    descriptions?: Array<TaggedValue> | undefined
    /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
    clientIdAlias?: string | undefined
    /** Whether the client may be identified by its alias. The service must enable aliases too. */
    clientIdAliasEnabled?: boolean | undefined
    /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
    clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
    /** Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2). */
    applicationType?: 'WEB' | 'NATIVE' | undefined
    /** The URL of the client's logo, shown to users (RFC 7591 §2). */
    logoUri?: string | undefined
    /** The URLs of the client's logo in several languages (RFC 7591 §2.2). */
    logoUris?: Array<TaggedValue> | undefined
    /** The e-mail addresses of the people responsible for the client (RFC 7591 §2). */
    contacts?: Array<string> | undefined
    /** The identifier of the client's software, the same for all its instances (RFC 7591 §2). */
    softwareId?: string | undefined
    /** The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it. */
    developer?: string | undefined
    /** The version of the client's software (RFC 7591 §2). */
    softwareVersion?: string | undefined
    /** Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8). */
    subjectType?: 'PUBLIC' | 'PAIRWISE' | undefined
    /** The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1). */
    sectorIdentifierUri?: string | undefined
    /** The URL of the client's terms of service (RFC 7591 §2). */
    tosUri?: string | undefined
    /** The URLs of the client's terms of service in several languages (RFC 7591 §2.2). */
    tosUris?: Array<TaggedValue> | undefined
    /** The URL of the client's page about the use of data (RFC 7591 §2). */
    policyUri?: string | undefined
    /** The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2). */
    policyUris?: Array<TaggedValue> | undefined
    /** The URL of the client's home page (RFC 7591 §2). */
    clientUri?: string | undefined
    /** The URLs of the client's home page in several languages (RFC 7591 §2.2). */
    clientUris?: Array<TaggedValue> | undefined
    /** Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller. */
    attributes?: Array<Pair> | undefined
    /** The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange. */
    extension?: {
      /** The names of the scopes that the client may request. */
      requestableScopes?: Array<string> | undefined
      /** Whether the client may request only the scopes in `requestableScopes`. */
      requestableScopesEnabled?: boolean | undefined
      /** The maximum lifetime of access tokens of the client in seconds; 0 means that of the service. */
      accessTokenDuration?: number | undefined
      /** The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service. */
      refreshTokenDuration?: number | undefined
      /** The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service. */
      idTokenDuration?: number | undefined
      /** Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`. */
      tokenExchangePermitted?: boolean | undefined
    } | undefined
    /** Additional client metadata, as JSON text (RFC 7591 §2). */
    customMetadata?: string | undefined
    /** The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7). */
    digestAlgorithm?: string | undefined
    /** Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user. */
    singleAccessTokenPerSubject?: boolean | undefined
    /** Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2). */
    rsRequestSigned?: boolean | undefined
    /** Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2). */
    locked?: boolean | undefined
    /** The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5). */
    fapiModes?: Array<FapiMode> | undefined
    /** The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1). */
    responseModes?: Array<'QUERY' | 'FRAGMENT' | 'FORM_POST' | 'JWT' | 'QUERY_JWT' | 'FRAGMENT_JWT' | 'FORM_POST_JWT'> | undefined
    /** Whether tokens of the client are to be migrated from another system. */
    inScopeForTokenMigration?: boolean | undefined
    /** The URL of the client's metadata document (CIMD §4). */
    metadataDocumentLocation?: string | undefined
    /** The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3). */
    metadataDocumentExpiresAt?: number | undefined
    /** The time when the metadata document was fetched, in milliseconds since the Unix epoch. */
    metadataDocumentUpdatedAt?: number | undefined
    /** Whether the client was created from its metadata document (CIMD §4). */
    discoveredByMetadataDocument?: boolean | undefined
    /** The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4). */
    haipVersion?: string | undefined
    /** How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`. */
    clientSource?: 'DYNAMIC_REGISTRATION' | 'AUTOMATIC_REGISTRATION' | 'EXPLICIT_REGISTRATION' | 'METADATA_DOCUMENT' | 'STATIC_REGISTRATION' | undefined
    /** The hash of the client's registration access token (RFC 7592 §3). */
    registrationAccessTokenHash?: string | undefined
    /** Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3). */
    tlsClientCertificateBoundAccessTokens?: boolean | undefined
    /** The method by which the client authenticates at every endpoint (OIDC Core §9). */
    tokenAuthMethod?: 'NONE' | 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'CLIENT_SECRET_JWT' | 'PRIVATE_KEY_JWT' | 'TLS_CLIENT_AUTH' | 'SELF_SIGNED_TLS_CLIENT_AUTH' | 'ATTEST_JWT_CLIENT_AUTH' | 'SPIFFE_JWT' | undefined
    /** The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2). */
    tlsClientAuthSubjectDn?: string | undefined
    /** The DNS name that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanDns?: string | undefined
    /** The URI that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanUri?: string | undefined
    /** The IP address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanIp?: string | undefined
    /** The e-mail address that the client certificate must contain (RFC 8705 §2.1.2). */
    tlsClientAuthSanEmail?: string | undefined
    /** Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5). */
    mtlsEndpointAliasesUsed?: boolean | undefined
    /** The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2). */
    spiffeId?: string | undefined
    /** The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1). */
    spiffeBundleEndpoint?: string | undefined
    /** The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    grantTypes?: Array<GrantType> | undefined
    /** The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2). */
    responseTypes?: Array<ResponseType> | undefined
    /** The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2). */
    redirectUris?: Array<string> | undefined
    /** Whether every authorization request of the client must be pushed first (RFC 9126 §6). */
    parRequired?: boolean | undefined
    /** Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5). */
    requestObjectRequired?: boolean | undefined
    /** The URLs from which request objects of the client may be fetched (OIDC Core §6.2). */
    requestUris?: Array<string> | undefined
    /** The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2). */
    defaultMaxAge?: number | undefined
    /** The `acr_values` of requests that do not contain any (OIDC Registration §2). */
    defaultAcrs?: Array<string> | undefined
    /** Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2). */
    authTimeRequired?: boolean | undefined
    /** The URL at which a third party can initiate a login at the client (OIDC Core §4). */
    loginUri?: string | undefined
    /** The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4). */
    bcDeliveryMode?: string | undefined
    /** The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4). */
    bcNotificationEndpoint?: string | undefined
    /** Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4). */
    bcUserCodeRequired?: boolean | undefined
    /** The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10). */
    authorizationDetailsTypes?: Array<string> | undefined
    /** Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1). */
    frontChannelRequestObjectEncryptionRequired?: boolean | undefined
    /** Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1). */
    pkceRequired?: boolean | undefined
    /** Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2). */
    pkceS256Required?: boolean | undefined
    /** Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2). */
    dpopRequired?: boolean | undefined
    /** The URL that receives credential offers. */
    credentialOfferEndpoint?: string | undefined
    /** Whether credential responses to the client must be encrypted. */
    credentialResponseEncryptionRequired?: boolean | undefined
    /** The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1). */
    postLogoutRedirectUris?: Array<string> | undefined
    /** The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutUri?: string | undefined
    /** Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2). */
    frontchannelLogoutSessionRequired?: boolean | undefined
    /** The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutUri?: string | undefined
    /** Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2). */
    backchannelLogoutSessionRequired?: boolean | undefined
    /** The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3). */
    authorizationSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3). */
    authorizationEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3). */
    authorizationEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9). */
    tokenAuthSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2). */
    selfSignedCertificateKeyId?: string | undefined
    /** The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2). */
    requestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2). */
    requestEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2). */
    requestEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that signs the client's ID Tokens (OIDC Registration §2). */
    idTokenSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2). */
    idTokenEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2). */
    idTokenEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The URL of the client's key set (RFC 7591 §2). */
    jwksUri?: string | undefined
    /** The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2). */
    jwks?: string | undefined
    /** The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2). */
    userInfoSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2). */
    userInfoEncryptionAlg?: 'RSA1_5' | 'RSA_OAEP' | 'RSA_OAEP_256' | 'A128KW' | 'A192KW' | 'A256KW' | 'DIR' | 'ECDH_ES' | 'ECDH_ES_A128KW' | 'ECDH_ES_A192KW' | 'ECDH_ES_A256KW' | 'A128GCMKW' | 'A192GCMKW' | 'A256GCMKW' | 'PBES2_HS256_A128KW' | 'PBES2_HS384_A192KW' | 'PBES2_HS512_A256KW' | undefined
    /** The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2). */
    userInfoEncryptionEnc?: 'A128CBC_HS256' | 'A192CBC_HS384' | 'A256CBC_HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM' | undefined
    /** The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4). */
    bcRequestSignAlg?: 'NONE' | 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'ES256K' | 'EdDSA' | undefined
    /** Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2). */
    requestObjectEncryptionAlgMatchRequired?: boolean | undefined
    /** Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2). */
    requestObjectEncryptionEncMatchRequired?: boolean | undefined
    /** The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2). */
    rsSignedRequestKeyId?: string | undefined
    /** The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1). */
    signedJwksUri?: string | undefined
    /** Whether the client was registered automatically by a federation. */
    automaticallyRegistered?: boolean | undefined
    /** Whether the client was registered explicitly by a federation. */
    explicitlyRegistered?: boolean | undefined
    /** The ways in which the client registers in a federation. */
    clientRegistrationTypes?: Array<ClientRegistrationType> | undefined
    /** The name of the organization that runs the client. */
    organizationName?: string | undefined
    /** The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1). */
    entityId?: string | undefined
    /** The entity identifier of the trust anchor of the client's trust chain. */
    trustAnchorId?: string | undefined
    /** The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1). */
    trustChain?: Array<string> | undefined
    /** The time when the trust chain expires, in milliseconds since the Unix epoch. */
    trustChainExpiresAt?: number | undefined
    /** The time when the trust chain was updated, in milliseconds since the Unix epoch. */
    trustChainUpdatedAt?: number | undefined
    /** The number of the client within its service, below 2^31. */
    number: number
    /** The number of the service that the client belongs to. */
    serviceNumber?: number | undefined
    /** The client ID, below 2^53. */
    clientId: number
    /** The client secret. Stored sealed, or as a hash with `ext.client_secret.storage`; it is shown only once then (RFC 6749 §2.3.1). */
    clientSecret?: string | undefined
    /** Whether the client registered itself (RFC 7591 §3). */
    dynamicallyRegistered?: boolean | undefined
    /** The sector of the client's pairwise subjects: the host of `sectorIdentifierUri` or of its redirect URIs (OIDC Core §8.1). */
    derivedSectorIdentifier?: string | undefined
    /** The time when the client secret expires, in milliseconds since the Unix epoch; absent if it does not expire (RFC 7591 §3.2.1). */
    clientSecretExpiresAt?: number | undefined
    /** Until when the former client secret is accepted too, in milliseconds since the Unix epoch; absent if only one is accepted. */
    rotatedClientSecretExpiresAt?: number | undefined
    /** The time when the client was created, in milliseconds since the Unix epoch. */
    createdAt: number
    /** The time when the client was last changed, in milliseconds since the Unix epoch. */
    modifiedAt: number
    /** The time of the last request in the name of the client, in milliseconds since the Unix epoch, exact to an hour. Only when clients are read and listed; absent if there was none. */
    lastUsedAt?: number | undefined
  } | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
  /** The value of the header WWW-Authenticate of the response for the client. */
  wwwAuthenticate?: string | undefined
}

export interface ClientRegistrationRequest {
  /** Client metadata: the body of the request as the client sent it. */
  json?: string | undefined
  /** The registration access token that the client presented. To register, the initial access token, which is checked if the service has `ext.dcr.required_scopes`. */
  token?: string | undefined
  /** The secret that the client presented in place of the token, with `ext.dcr.client_auth`. */
  clientSecret?: string | undefined
  /** Number or alias of the client of the request. */
  clientId?: string | number | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface ClientRegistrationListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'BAD_REQUEST'
  /** The response for the client; the action decides how to send it. */
  responseContent?: string | undefined
  /** Index of the first client. */
  start?: number | undefined
  /** Index after the last requested client. */
  end?: number | undefined
  /** Number of all clients that registered themselves. */
  totalCount?: number | undefined
}

export interface ClientRegistrationListRequest {
  /** Index of the first item, from 0. */
  start?: number | null | undefined
  /** Index after the last item; a page has at most 1,000 items. */
  end?: number | null | undefined
}

export interface ClientFlagUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
}

export interface ClientFlagUpdateRequest {
  /** Whether the client is locked. */
  clientLocked?: boolean | undefined
}

export interface ClientSecretRefreshResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The new secret. */
  newClientSecret: string
  /** The former secret. The response omits it if only hashes of secrets are stored. */
  oldClientSecret?: string | undefined
  /** When the new secret expires, in milliseconds since the epoch; absent if never. */
  clientSecretExpiresAt?: number | undefined
  /** Until when the former secret is accepted, in milliseconds since the epoch; absent if it is refused immediately. */
  rotatedClientSecretExpiresAt?: number | undefined
}

export interface ClientSecretUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The new secret. */
  newClientSecret: string
  /** The former secret. The response omits it if only hashes of secrets are stored. */
  oldClientSecret?: string | undefined
  /** When the new secret expires, in milliseconds since the epoch; absent if never. */
  clientSecretExpiresAt?: number | undefined
  /** Until when the former secret is accepted, in milliseconds since the epoch; absent if it is refused immediately. */
  rotatedClientSecretExpiresAt?: number | undefined
}

export interface ClientSecretUpdateRequest {
  /** The new secret: 1 to 86 visible ASCII characters; at least 32 if it is used as a key. */
  clientSecret: string
  /** How long the former secret is accepted besides the new one, in seconds: at most 30 days. Without it, or with 0, the former secret is refused immediately. */
  graceSeconds?: number | undefined
}

export interface ClientSecretRotatedDeleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK'
}

export interface ClientExtensionRequestableScopesGetResponse {
  /** Names of the scopes that the client may request; absent if it may request all. */
  requestableScopes?: Array<string> | undefined
}

export interface ClientExtensionRequestableScopesUpdateResponse {
  /** Names of the scopes that the client may request; absent if it may request all. */
  requestableScopes?: Array<string> | undefined
}

export interface ClientExtensionRequestableScopesUpdateRequest {
  /** Names of the scopes that the client may request; absent if it may request all. */
  requestableScopes?: Array<string> | undefined
}

export interface ClientAuthorizationGetListResponse {
  /** Index of the first client. */
  start: number
  /** Index after the last requested client. */
  end: number
  /** The developer of the call. */
  developer?: string | undefined
  /** Unique identifier of the user. */
  subject: string
  /** Number of clients that hold tokens of the user. */
  totalCount: number
  /** The clients of the requested page. */
  clients: Array<ClientLimited>
}

export interface ClientLimited {
  /** The number of the client within its service, below 2^31. */
  number: number
  /** The client ID, below 2^53. */
  clientId: number
  /** The name of the client, shown to users (RFC 7591 §2). */
  clientName?: string | undefined
  /** The name of the client in several languages (RFC 7591 §2.2). */
  clientNames?: Array<TaggedValue> | undefined
  /** A description of the client, for people. */
  description?: string | undefined
  /** The description of the client in several languages. */
  descriptions?: Array<TaggedValue> | undefined
  /** An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only. */
  clientIdAlias?: string | undefined
  /** Whether the client may be identified by its alias. The service must enable aliases too. */
  clientIdAliasEnabled?: boolean | undefined
  /** Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1). */
  clientType?: 'PUBLIC' | 'CONFIDENTIAL' | undefined
}

export interface ClientAuthorizationGetListRequest {
  /** Index of the first item, from 0. */
  start?: number | null | undefined
  /** Index after the last item; a page has at most 1,000 items. */
  end?: number | null | undefined
  /** Unique identifier of the user. */
  subject?: string | undefined
  /** The developer of the listed clients. */
  developer?: string | undefined
}

export interface ClientAuthorizationUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
}

export interface ClientAuthorizationUpdateRequest {
  /** Unique identifier of the user. */
  subject: string
  /** The new scopes. */
  scopes?: Array<string> | undefined
}

export interface ClientAuthorizationDeleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** API key of the service. */
  serviceApiKey: number
  /** Number of the client. */
  clientId: number
  /** Unique identifier of the user. */
  subject: string
  /** The scopes of the latest grant. */
  latestGrantedScopes: Array<string>
  /** The scopes of all grants together. */
  mergedGrantedScopes: Array<string>
  /** Time of the last grant, milliseconds since the epoch. */
  modifiedAt?: number | undefined
}

export interface ClientGrantedScopesGetResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** API key of the service. */
  serviceApiKey: number
  /** Number of the client. */
  clientId: number
  /** Unique identifier of the user. */
  subject: string
  /** The scopes of the latest grant. */
  latestGrantedScopes: Array<string>
  /** The scopes of all grants together. */
  mergedGrantedScopes: Array<string>
  /** Time of the last grant, milliseconds since the epoch. */
  modifiedAt?: number | undefined
}

export interface ClientGrantedScopesDeleteResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
}

export interface AuditResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The records, in the order of `seq`. */
  records: Array<AuditRecord>
  /** The `after`, or the `before`, of the next call. */
  next: number
  /** Whether the next call may have records now. */
  hasMore: boolean
}

export interface AuditRecord {
  /** The place of the record in the order of all records. */
  seq: number
  /** Names the record, also in the log of the server. */
  id: string
  /** API key of the service; 0: the installation. */
  serviceId: number
  /** When it happened, in milliseconds since the epoch. */
  at: number
  /** What happened: see `/api/audit/types`. */
  type: 'service.created' | 'service.updated' | 'service.deleted' | 'service.clock_moved' | 'configuration.applied' | 'key.created' | 'key.certified' | 'key.deleted' | 'key.rotated' | 'key.schedule_changed' | 'key.restored' | 'key.erased' | 'client.created' | 'client.registered' | 'client.updated' | 'client.lock_changed' | 'client.secret_rotated' | 'client.deleted' | 'api_token.created' | 'api_token.updated' | 'api_token.rotated' | 'api_token.revoked' | 'authorization.updated' | 'authorization.deleted' | 'granted_scopes.deleted' | 'grant.revoked' | 'token.created' | 'token.imported' | 'token.updated' | 'token.deleted' | 'token.revoked' | 'session.ended' | 'event_endpoint.created' | 'event_endpoint.updated' | 'event_endpoint.secret_rotated' | 'event_endpoint.disabled' | 'event_endpoint.deleted' | 'event_stream.created' | 'event_stream.updated' | 'event_stream.deleted' | 'credential.status_changed' | 'private_keys.read' | 'code.replayed' | 'refresh.replayed' | 'console.logged_in' | 'caller.refused' | 'master_key.rotated' | 'backup.created' | 'backup.restored'
  /** The operationId of the call, or the command. */
  operation: string
  /** Who acted. */
  actor: {
    /** Who acted. */
    kind: 'api_token' | 'client' | 'address' | 'command_line' | 'server'
    /** Identifier of the API token or client, or address. */
    id?: string | undefined
    /** The description of the API token at that time. */
    label?: string | undefined
  }
  /** For whom the actor said it acts: a claim, which was not verified. */
  onBehalfOf?: string | undefined
  /** What was acted on. */
  target?: {
    /** What was acted on. */
    kind: 'service' | 'client' | 'api_token' | 'subject' | 'session' | 'grant' | 'token' | 'token_family' | 'token_batch' | 'installation' | 'key' | 'credential' | 'event_endpoint' | 'event_stream'
    /** Its identifier. */
    id?: string | undefined
  } | undefined
  /** Whether it happened, or was refused. */
  outcome: 'SUCCESS' | 'REFUSED'
  /** How often it happened since the previous record of it. */
  occurrences: number
  /** The `X-Request-Id` of the call. */
  requestId?: string | undefined
  /** Why: the note of the call, or the code of a refusal. A note is a claim of the caller. */
  reason?: string | undefined
  /** The changed properties. */
  changes: Array<AuditChange>
}

export interface AuditChange {
  /** Name of the property. */
  property: string
  /** The value before the change. */
  before?: unknown | undefined
  /** The value after the change. */
  after?: unknown | undefined
  /** `true` in place of the values: the property is a secret, or there are too many. */
  changed?: boolean | undefined
  /** Whether a value is longer: it is the beginning of its JSON, as text. */
  cut?: boolean | undefined
}

export interface AuditTypesResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** All types. */
  types: Array<{
    /** The type of a record. */
    type: 'service.created' | 'service.updated' | 'service.deleted' | 'service.clock_moved' | 'configuration.applied' | 'key.created' | 'key.certified' | 'key.deleted' | 'key.rotated' | 'key.schedule_changed' | 'key.restored' | 'key.erased' | 'client.created' | 'client.registered' | 'client.updated' | 'client.lock_changed' | 'client.secret_rotated' | 'client.deleted' | 'api_token.created' | 'api_token.updated' | 'api_token.rotated' | 'api_token.revoked' | 'authorization.updated' | 'authorization.deleted' | 'granted_scopes.deleted' | 'grant.revoked' | 'token.created' | 'token.imported' | 'token.updated' | 'token.deleted' | 'token.revoked' | 'session.ended' | 'event_endpoint.created' | 'event_endpoint.updated' | 'event_endpoint.secret_rotated' | 'event_endpoint.disabled' | 'event_endpoint.deleted' | 'event_stream.created' | 'event_stream.updated' | 'event_stream.deleted' | 'credential.status_changed' | 'private_keys.read' | 'code.replayed' | 'refresh.replayed' | 'console.logged_in' | 'caller.refused' | 'master_key.rotated' | 'backup.created' | 'backup.restored'
    /** What happened. */
    description: string
  }>
}

export interface VciOfferCreateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'CREATED' | 'FORBIDDEN' | 'CALLER_ERROR' | 'AUTHLETE_ERROR'
  /** The offer. Only its `credentialOffer` is for the wallet: the rest has secrets. */
  info?: {
    /** Identifier of the credential offer. */
    identifier?: string | undefined
    /** The credential offer, as JSON text. */
    credentialOffer?: string | undefined
    /** Identifier of the credential issuer. */
    credentialIssuer?: string | undefined
    /** Whether the offer has an authorization code grant. */
    authorizationCodeGrantIncluded?: boolean | undefined
    /** Whether the offer has an issuer state. */
    issuerStateIncluded?: boolean | undefined
    /** The issuer state. */
    issuerState?: string | undefined
    /** Whether the offer has a pre-authorized code grant. */
    preAuthorizedCodeGrantIncluded?: boolean | undefined
    /** The pre-authorized code. */
    preAuthorizedCode?: string | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
    /** When the offer expires, in milliseconds since the epoch. */
    expiresAt?: number | undefined
    /** Text that the caller stored with the offer. */
    context?: string | undefined
    /** Properties attached to the token. */
    properties?: Array<Property> | undefined
    /** Claims to add to a JWT access token, as JSON text of an object. */
    jwtAtClaims?: string | undefined
    /** When the user authenticated, in seconds since the epoch. */
    authTime?: number | undefined
    /** Authentication context class of the user authentication. */
    acr?: string | undefined
    /** The offered credentials. */
    credentialConfigurationIds?: Array<string> | undefined
    /** The transaction code. */
    txCode?: string | undefined
    /** The characters of the transaction code. */
    txCodeInputMode?: string | undefined
    /** Instructions for the user about the transaction code. */
    txCodeDescription?: string | undefined
  } | undefined
}

export interface VciOfferCreateRequest {
  /** Whether the offer has an authorization code grant. */
  authorizationCodeGrantIncluded?: boolean | undefined
  /** Whether the authorization code grant has an issuer state. */
  issuerStateIncluded?: boolean | undefined
  /** Whether the offer has a pre-authorized code. */
  preAuthorizedCodeGrantIncluded?: boolean | undefined
  /** Unique identifier of the user; required for a pre-authorized code. */
  subject?: string | undefined
  /** Lifetime of the offer in seconds, at most 30 days; `credentialOfferDuration` if absent or 0. */
  duration?: number | undefined
  /** Text to store with the offer, for the caller to read later. */
  context?: string | undefined
  /** Properties attached to the token. */
  properties?: Array<Property> | undefined
  /** Claims to add to a JWT access token, as JSON text of an object. */
  jwtAtClaims?: string | undefined
  /** When the user authenticated, in seconds since the epoch. */
  authTime?: number | undefined
  /** Authentication context class of the user authentication. */
  acr?: string | undefined
  /** Identifiers of the offered configurations, 1 to 50. */
  credentialConfigurationIds?: Array<string> | undefined
  /** The transaction code that the token request must contain; none if absent. */
  txCode?: string | undefined
  /** The characters of the transaction code: `numeric` or `text`; `numeric` if absent. */
  txCodeInputMode?: string | undefined
  /** Instructions for the user about the transaction code, at most 300 characters. */
  txCodeDescription?: string | undefined
  /** True draws a transaction code of `userPinLength` characters, if the call has no `txCode`. */
  txCodeGenerated?: boolean | undefined
  /** True lets the issuer state be used until the offer expires; else once. */
  reusable?: boolean | undefined
  /** The datasets of the user for each credential configuration (OpenID4VCI §6.2); without any, a configuration has one dataset, of the same identifier. */
  credentialIdentifiers?: Array<CredentialIdentifiers> | undefined
}

export interface VciOfferInfoResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'FORBIDDEN' | 'NOT_FOUND' | 'CALLER_ERROR' | 'AUTHLETE_ERROR'
  /** The offer. Only its `credentialOffer` is for the wallet: the rest has secrets. */
  info?: {
    /** Identifier of the credential offer. */
    identifier?: string | undefined
    /** The credential offer, as JSON text. */
    credentialOffer?: string | undefined
    /** Identifier of the credential issuer. */
    credentialIssuer?: string | undefined
    /** Whether the offer has an authorization code grant. */
    authorizationCodeGrantIncluded?: boolean | undefined
    /** Whether the offer has an issuer state. */
    issuerStateIncluded?: boolean | undefined
    /** The issuer state. */
    issuerState?: string | undefined
    /** Whether the offer has a pre-authorized code grant. */
    preAuthorizedCodeGrantIncluded?: boolean | undefined
    /** The pre-authorized code. */
    preAuthorizedCode?: string | undefined
    /** Unique identifier of the user at the service. */
    subject?: string | undefined
    /** When the offer expires, in milliseconds since the epoch. */
    expiresAt?: number | undefined
    /** Text that the caller stored with the offer. */
    context?: string | undefined
    /** Properties attached to the token. */
    properties?: Array<Property> | undefined
    /** Claims to add to a JWT access token, as JSON text of an object. */
    jwtAtClaims?: string | undefined
    /** When the user authenticated, in seconds since the epoch. */
    authTime?: number | undefined
    /** Authentication context class of the user authentication. */
    acr?: string | undefined
    /** The offered credentials. */
    credentialConfigurationIds?: Array<string> | undefined
    /** The transaction code. */
    txCode?: string | undefined
    /** The characters of the transaction code. */
    txCodeInputMode?: string | undefined
    /** Instructions for the user about the transaction code. */
    txCodeDescription?: string | undefined
  } | undefined
}

export interface VciOfferInfoRequest {
  /** Identifier of the credential offer. */
  identifier: string
}

export interface VciNotificationResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'NO_CONTENT' | 'BAD_REQUEST' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client. */
  responseContent?: string | undefined
  /** What happened: `credential_accepted`, `credential_failure` or `credential_deleted`. */
  event?: string | undefined
  /** What the wallet says about the event. */
  eventDescription?: string | undefined
  /** The `notification_id` of the request. */
  notificationId?: string | undefined
  /** Whether the wallet notified the same event before, so that nothing is new. */
  repeated?: boolean | undefined
  /** Identifiers of the credentials, for `/vci/status/update`. */
  credentialIds?: Array<string> | undefined
  /** The configuration that the credentials were issued by. */
  credentialConfigurationId?: string | undefined
  /** Number of the client. */
  clientId?: number | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** A new nonce for DPoP proofs, for the header DPoP-Nonce. */
  dpopNonce?: string | undefined
}

export interface VciNotificationRequest {
  /** The access token of the request. */
  accessToken?: string | undefined
  /** The body of the request as it was received: JSON, or a JWE. */
  requestContent?: string | undefined
  /** The DPoP header of the request. */
  dpop?: string | undefined
  /** HTTP method of the request, for the check of a DPoP proof. */
  htm?: string | undefined
  /** URL of the endpoint, for the check of a DPoP proof. */
  htu?: string | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8). */
  dpopNonceRequired?: boolean | undefined
}

export interface VciCredentialListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK'
  /** The credentials. */
  credentials?: Array<IssuedCredential> | undefined
  /** The `cursor` of the next page; absent after the last credential. */
  nextCursor?: string | undefined
}

export interface IssuedCredential {
  /** Identifier of the credential at this service. */
  credentialId: string
  /** The configuration that it was issued by. */
  credentialConfigurationId: string
  /** Number of the client. */
  clientId?: number | undefined
  /** Unique identifier of the user at the service. */
  subject?: string | undefined
  /** When it was issued, in milliseconds since the epoch. */
  issuedAt?: number | undefined
  /** When it expires, in milliseconds since the epoch; absent if it does not expire. */
  expiresAt?: number | undefined
  /** Its status. */
  status: 'VALID' | 'INVALID' | 'SUSPENDED'
  /** The URL of its status list. */
  statusUri?: string | undefined
  /** Its place in the status list. */
  statusIdx?: number | undefined
  /** The last event that the wallet notified, OpenID4VCI §11. */
  event?: string | undefined
  /** What the wallet said about the event. */
  eventDescription?: string | undefined
  /** When the wallet notified the event, in milliseconds since the epoch. */
  notifiedAt?: number | undefined
}

export interface VciCredentialListRequest {
  /** Unique identifier of the user. */
  subject?: string | undefined
  /** Number or alias of the client. */
  clientIdentifier?: string | undefined
  /** The configuration that the credentials were issued by. */
  credentialConfigurationId?: string | undefined
  /** How many credentials are listed. */
  limit?: number | undefined
  /** `nextCursor` of the page before, for the same selection. */
  cursor?: string | undefined
}

export interface VciStatusGetResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  relay?: Relay | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR'
  /** The response for the client. */
  responseContent?: string | undefined
  /** The media type of `responseContent`. */
  contentType?: string | undefined
  /** For how many seconds the frontend and its caches may keep the response. */
  maxAge?: number | undefined
  /** The same, as the header Cache-Control. */
  cacheControl?: string | undefined
}

export interface VciStatusGetRequest {
  /** The URL of the status list. */
  uri?: string | undefined
  /** The number of the status list. */
  list?: number | undefined
}

export interface VciStatusUpdateResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The result of the call, which decides what the caller must do next. */
  action: 'OK' | 'NOT_FOUND'
  /** How many credentials have the status now. */
  count?: number | undefined
  /** How many of them have no place in a status list, so that no verifier learns of it. */
  unlisted?: number | undefined
  /** The `cursor` of the next call, if the user has more credentials. */
  nextCursor?: string | undefined
}

export interface VciStatusUpdateRequest {
  /** Identifier of the credential. */
  credentialId?: string | undefined
  /** The `notification_id` of a credential response: all credentials of it. */
  notificationId?: string | undefined
  /** The URL of the status list in which the credential has a place; with `idx`. */
  uri?: string | undefined
  /** The place in the list at `uri`. */
  idx?: number | undefined
  /** The user: all credentials of the user. */
  subject?: string | undefined
  /** With `subject`: only credentials of this configuration. */
  credentialConfigurationId?: string | undefined
  /** With `subject`: `nextCursor` of the call before, for the next 1,000 credentials. */
  cursor?: string | undefined
  /** The new status; `INVALID` is revoked. */
  status: 'VALID' | 'INVALID' | 'SUSPENDED'
  /** A note for the audit log. */
  reason?: string | undefined
}

export interface JoseVerifyResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Whether the signature and the claims are valid. */
  valid: boolean
  /** Whether the signature is valid. */
  signatureValid: boolean
  /** Names of mandatory claims that are missing. */
  missingClaims?: Array<string> | undefined
  /** Names of claims with an invalid value, such as an `exp` in the past. */
  invalidClaims?: Array<string> | undefined
  /** Descriptions of the errors, for people to read. */
  errorDescriptions?: Array<string> | undefined
}

export interface JoseVerifyRequest {
  /** The JWT: signed, or signed and then encrypted. */
  jose: string
  /** Names of claims that the JWT must contain. */
  mandatoryClaims?: Array<string> | undefined
  /** Leeway for claims that are times, in seconds. */
  clockSkew?: number | undefined
  /** The client whose keys or secret are used: its number or its alias. */
  clientIdentifier?: string | number | undefined
  /** Whether the client signed the JWT; otherwise the keys of the service verify it. */
  signedByClient?: boolean | undefined
}

export interface NotificationListResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The notifications, without content. */
  notifications: Array<WaitingNotification>
  /** Whether more wait than the response has. */
  hasMore: boolean
}

export interface WaitingNotification {
  /** Identifier of the notification. */
  notificationId: string
  /** What it tells of: a decided request of CIBA, to a client, or a batch of tokens, to the caller. */
  kind: 'ciba' | 'token-batch'
  /** Number of the client; absent where the caller of this API is told. */
  clientId?: number | undefined
  /** Number of attempts that were begun. */
  attempts: number
  /** When it was stored, in milliseconds since the epoch. */
  createdAt: number
  /** When it is sent next, in milliseconds since the epoch. */
  nextAttemptAt: number
  /** When the last attempt is made at the latest, in milliseconds since the epoch. */
  givenUpAt: number
}

export interface ServerDoctorResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The checks, as `postern doctor` prints them. */
  findings: Array<{
    /** The name of the check. */
    check: string
    /** `skipped`: the check has nothing to look at here. */
    level: 'ok' | 'warning' | 'error' | 'skipped'
    /** What is so. */
    what: string
    /** Why it matters. */
    why?: string | undefined
    /** The command or the setting that mends it. */
    mend?: string | undefined
  }>
  /** The size of the database in bytes; absent if it is in memory or does not answer. */
  databaseBytes?: number | undefined
  /** How many replicas PostgreSQL sends its log to; absent for SQLite. */
  replicas?: number | undefined
  /** How far the slowest replica is behind, in milliseconds; absent if the database does not tell. */
  replicationLagMilliseconds?: number | undefined
  /** How long ago the row expired that should have been removed first, in milliseconds. */
  sweepLagMilliseconds: number
  /** The tables with rows that have expired and are not yet removed. */
  sweepDue: Array<SweepDue>
}

export interface SweepDue {
  /** The table. */
  table: string
  /** How many rows; 10,000 if there are that many or more. */
  rows: number
}

export interface ServerHealthResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The version of Postern. */
  version: string
  /** The version of Node.js. */
  node: string
  /** How long this process has been running, in seconds. */
  uptimeSeconds: number
  /** The clock of the server, in milliseconds since the epoch. */
  now: number
  /** The memory of this process, in bytes. */
  memoryBytes: number
  /** How long the database took to answer, in milliseconds. */
  databaseMilliseconds: number
  /** Logout notifications to clients. */
  logoutDeliveries: {
    /** How many logout notifications wait to be delivered. */
    waiting: number
    /** When the oldest of them was stored, in milliseconds since the epoch. */
    oldestAt?: number | undefined
  }
}

export interface UsageResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The day in UTC, such as `2026-01-31`. */
  from: string
  /** The day in UTC, such as `2026-01-31`. */
  to: string
  /** The days with any usage. */
  days: Array<UsageOfDay>
  /** The most frequent result codes of refusals in these days, 20 at most. */
  refusals: Array<{
    /** The result code. */
    code: string
    /** How many calls were refused with it. */
    count: number
  }>
}

export interface UsageOfDay {
  /** The day in UTC, such as `2026-01-31`. */
  day: string
  /** Calls whose API token may make them, without those over a quota. */
  calls: number
  /** Access tokens that were issued. */
  tokens: number
  /** Refused calls. */
  refusals: number
  /** How many clients access tokens were issued for: an estimate, usually within 5 %. */
  activeClients: number
  /** How many users access tokens were issued for: an estimate, usually within 5 %. */
  activeSubjects: number
  /** The calls by the tag of their operation, as in the OpenAPI document. */
  callsByTag: Record<string, number>
  /** The access tokens by the grant type that they were issued for. */
  tokensByGrantType: Record<string, number>
}

export interface UsageOfAllResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** The day in UTC, such as `2026-01-31`. */
  day: string
  /** The services that have any of it. */
  services: Array<UsageOfService>
}

export interface UsageOfService {
  /** The id of the service. */
  apiKey: number
  /** Calls whose API token may make them, without those over a quota. */
  calls: number
  /** Access tokens that were issued. */
  tokens: number
  /** Refused calls. */
  refusals: number
}

export interface ExplainResponse {
  /** Code of the rule or result. */
  resultCode: string
  /** The code and its message, for humans. */
  resultMessage: string
  explanation?: Explanation | undefined
  /** Path of the operation. */
  operation: string
  outcome: {
    /** HTTP status of the operation. */
    status: number
    action?: string | undefined
    resultCode?: string | undefined
    resultMessage?: string | undefined
  }
  /** Absent if the request is refused. */
  issued?: {
    /** Members of the response. */
    members: Record<string, unknown>
    /** The content of tokens, without claims that are made at random. */
    tokens: Array<{
      /** The member of the response that would have the token. */
      token: string
      header: Record<string, unknown>
      /** Absent if encrypted. */
      claims?: Record<string, unknown> | undefined
    }>
  } | undefined
}

export interface ExplainRequest {
  /** Path of the operation after that of the service, such as `/auth/token`. */
  operation?: string | undefined
  /** The request of the operation. */
  request?: Record<string, unknown> | undefined
  /** In place of `operation` and `request`: the request of the client, as the text of an HTTP request, a `curl` command, a URL or a form, or in parts. Its URL is matched to the endpoints of the service. */
  http?: string | {
    method: string
    url: string
    headers?: Record<string, string> | undefined
    body?: string | undefined
  } | undefined
  /** The client certificate of the TLS connection, in PEM. */
  clientCertificate?: string | undefined
  /** The other certificates of the chain that the client presented, each in PEM. */
  clientCertificatePath?: Array<string> | undefined
  /** Time of the request, in milliseconds since the epoch; absent: now. */
  at?: number | undefined
  /** Whether key sets, request objects and metadata of clients are fetched. */
  fetch?: boolean | undefined
  /** Properties of the service as if they were saved; requires the right `modify_service`. */
  service?: Record<string, unknown> | undefined
  /** Properties of the client `clientId` as if they were saved; requires `modify_client`. */
  client?: Record<string, unknown> | undefined
}
