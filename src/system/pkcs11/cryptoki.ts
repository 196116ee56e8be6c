/** What is used of `pkcs11js`. The package is optional, so that its own types may be absent. */

export type Handle = Buffer

export interface Attribute {
  type: number
  value?: number | boolean | string | Buffer
}
export type Template = Attribute[]

/** A mechanism; its parameter is a structure that `type` names. */
interface Mechanism {
  mechanism: number
  parameter?: { type: number } & Record<string, number | Buffer>
}

/** The functions of PKCS#11 2.40; those that end with Async work in a thread. */
export interface Module {
  load(path: string): void
  close(): void
  C_Initialize(options: { flags: number }): void
  C_Finalize(): void
  C_GetInfo(): { manufacturerID: string }
  C_GetSlotList(withToken: boolean): Handle[]
  C_GetTokenInfo(slot: Handle): { label: string }
  C_GetMechanismList(slot: Handle): number[]
  C_OpenSession(slot: Handle, flags: number): Handle
  C_GetSessionInfo(session: Handle): { state: number }
  C_Login(session: Handle, user: number, pin: string): void
  C_FindObjectsInit(session: Handle, template: Template): void
  C_FindObjects(session: Handle): Handle | null
  C_FindObjectsFinal(session: Handle): void
  C_GetAttributeValue(session: Handle, object: Handle, wanted: Template): Attribute[]
  C_DestroyObject(session: Handle, object: Handle): void
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_SignAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_DecryptAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>
  C_DeriveKey(session: Handle, mechanism: Mechanism, key: Handle, template: Template): Handle
  C_GenerateKeyPairAsync(
    session: Handle,
    mechanism: Mechanism,
    ofPublic: Template,
    ofPrivate: Template,
  ): Promise<unknown>
}

type Constant =
  | `CKA_${'CLASS' | 'EC_PARAMS' | 'EC_POINT' | 'EXTRACTABLE' | 'ID' | 'KEY_TYPE' | 'LABEL'}`
  | `CKA_${'MODULUS' | 'MODULUS_BITS' | 'PRIVATE' | 'PUBLIC_EXPONENT' | 'SENSITIVE' | 'TOKEN'}`
  | `CKA_${'DECRYPT' | 'DERIVE' | 'ENCRYPT' | 'SIGN' | 'VALUE' | 'VALUE_LEN' | 'VERIFY'}`
  | `CKO_${'PRIVATE_KEY' | 'PUBLIC_KEY' | 'SECRET_KEY'}`
  | `CKF_${'OS_LOCKING_OK' | 'RW_SESSION' | 'SERIAL_SESSION'}`
  | `CKK_${'EC' | 'GENERIC_SECRET'}`
  | `CK_PARAMS_${'EC_DH' | 'RSA_OAEP' | 'RSA_PSS'}`
  | 'CKR_USER_ALREADY_LOGGED_IN'
  | 'CKU_USER'

/** The package itself. */
export type Js = { readonly PKCS11: new () => Module } & { readonly [name in Constant]: number }
