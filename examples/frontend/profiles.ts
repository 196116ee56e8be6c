/**
 * What is known of the users, by claim name: OIDC Core §5.1, and what somebody has verified, OpenID
 * Connect for Identity Assurance §4.
 */

export const profiles: Record<string, Record<string, unknown>> = {
  alice: {
    name: 'Alice Marie Ashdown',
    given_name: 'Alice',
    family_name: 'Ashdown',
    middle_name: 'Marie',
    nickname: 'Ali',
    preferred_username: 'alice',
    profile: 'https://people.example.com/alice',
    picture: 'https://people.example.com/alice.png',
    website: 'https://alice.example.com/',
    gender: 'female',
    birthdate: '1990-02-28',
    zoneinfo: 'Europe/Dublin',
    locale: 'en-IE',
    updated_at: 1_767_225_600,
    email: 'alice@example.com',
    email_verified: true,
    phone_number: '+353 1 555 0100',
    phone_number_verified: true,
    address: {
      formatted: '1 Harbour Row\nDublin D01 X2Y3\nIreland',
      street_address: '1 Harbour Row',
      locality: 'Dublin',
      region: 'Leinster',
      postal_code: 'D01 X2Y3',
      country: 'Ireland',
    },
    verified_claims: {
      verification: {
        trust_framework: 'de_aml',
        time: '2025-03-03T09:30:00Z',
        evidence: [
          {
            type: 'document',
            check_details: [{ check_method: 'vpip', time: '2025-03-03T09:25:00Z' }],
            document_details: {
              type: 'idcard',
              document_number: 'L01X00T47',
              date_of_issuance: '2023-06-01',
              date_of_expiry: '2033-05-31',
              issuer: { name: 'City of Augsburg', country: 'DEU' },
            },
          },
        ],
      },
      claims: {
        given_name: 'Alice',
        family_name: 'Ashdown',
        birthdate: '1990-02-28',
        nationalities: ['DEU', 'IRL'],
      },
    },
  },
  bob: { name: 'Bob Birch', preferred_username: 'bob', email: 'bob@example.com' },
}
