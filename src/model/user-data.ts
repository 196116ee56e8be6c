/** What the caller tells of a user with a decision. It is stored sealed, beside the grant. */
export interface UserData {
  /** The attributes of the user as JSON text, to which the claim policy of the service applies. */
  attributes?: string | undefined
  /** The claims of the first ID Token as JSON text, for those that are refreshed. */
  idTokenClaims?: string | undefined
  /** Claims for UserInfo responses as JSON text. */
  userInfoClaims?: string | undefined
}
